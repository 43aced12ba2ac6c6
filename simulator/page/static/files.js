/** Pictures and files inside messages and blocks. */

import { h, safeUrl } from "./dom.js";
import { icon } from "./icons.js";

/** 12 kB, 3.4 MB. */
export function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  for (const [unit, step] of [
    ["MB", 1e6],
    ["kB", 1e3],
  ])
    if (bytes >= step) return `${(bytes / step).toFixed(bytes < step * 10 ? 1 : 0)} ${unit}`;
  return `${bytes} B`;
}

/** A file as a card with its name and a way to save it; a picture is shown as well. */
export function fileCard(file) {
  const href = `/page/files/${encodeURIComponent(file.id)}`;
  const words = h(
    "span",
    { class: "file-words" },
    h("span", { class: "file-name" }, file.title || file.name),
    h("span", { class: "quiet" }, [file.kind, size(file.size)].filter(Boolean).join(" · ")),
  );
  const card = h(
    "a",
    {
      class: "file-card",
      href: `${href}?download=1`,
      download: file.name,
    },
    h("span", { class: "voice-only" }, "Download "),
    icon("file"),
    words,
    icon("download"),
  );
  if (!file.image) return card;
  const shown = h("img", {
    class: "file-image",
    src: href,
    alt: file.alt || file.title || file.name,
    loading: "lazy",
  });
  return h(
    "figure",
    { class: "file-figure" },
    h("a", { href, target: "_blank", rel: "noopener" }, shown),
    card,
  );
}

/** An image block or element. Only pictures of this workspace are loaded; others become a link. */
export function picture(part, it, extra = "") {
  const alt = part.alt_text ?? "";
  const source = own(part, it);
  if (source !== null) {
    const shown = h("img", { class: `picture ${extra}`.trim(), src: source, alt, loading: "lazy" });
    shown.addEventListener("error", () => shown.replaceWith(missing(alt, null, extra)));
    return shown;
  }
  return missing(alt, safeUrl(part.image_url ?? ""), extra);
}

function missing(alt, href, extra) {
  const words = alt || "Picture";
  if (extra === "thumb")
    return h("span", { class: "picture thumb picture-none", role: "img", "aria-label": words }, icon("file"));
  return h(
    "div",
    { class: "picture picture-none" },
    icon("file"),
    href === null ? words : h("a", { href, target: "_blank", rel: "noopener noreferrer" }, words),
  );
}

function own(part, it) {
  const stored = part.slack_file;
  if (stored) {
    const found = it.files?.find(
      (file) => file.id === stored.id || (stored.url && stored.url.includes(file.id)),
    );
    return found || stored.id
      ? `/page/files/${encodeURIComponent(found?.id ?? stored.id)}`
      : fromPrivate(stored.url ?? "");
  }
  const url = part.image_url ?? "";
  if (url.startsWith("data:image/")) return url;
  const href = safeUrl(url);
  return href !== null && new URL(href).origin === location.origin ? (fromPrivate(href) ?? href) : null;
}

/** The bot's private file URL needs its token; the page reads the same file under its own address. */
function fromPrivate(url) {
  const found = /\/files-pri\/[A-Z0-9]+-(F[A-Z0-9]+)\//.exec(url);
  return found ? `/page/files/${found[1]}` : null;
}
