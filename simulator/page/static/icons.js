/** Line icons drawn on a 20 x 20 grid, and round initials for people. */

import { h } from "./dom.js";

const PATHS = {
  hash: "M8 3 6.4 17M13.6 3 12 17M3.5 7.5h13.4M3 12.5h13.4",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  archive: "M3 4h14v4H3zM4.5 8v8.5h11V8M8 11.5h4",
  home: "M3.5 9.5 10 4l6.5 5.5M5.5 8v8.5h9V8M8.5 16.5V12h3v4.5",
  chat: "M3.5 4.5h13v9h-7L6 16.5v-3H3.5z",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4 6 10l6 6",
  chevron: "M5.5 8 10 12.5 14.5 8",
  send: "M3.5 10 17 3.5 12.5 17 9.5 11zM9.5 11 17 3.5",
  eye: "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  reply: "M3.5 4.5h13v9h-7L6 16.5v-3H3.5zM7 8h6M7 10.5h4",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1",
  file: "M5 3h6.5L15.5 7v10H5zM11.5 3v4h4",
  download: "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
  upload: "M10 13V4M6 7.5l4-4 4 4M4 16.5h12",
  check: "M4 10.5 8.2 15 16 5.5",
  warn: "M10 3.5 18 16.5H2zM10 8.5v4M10 14.5h.01",
  plug: "M7 3v4M13 3v4M5 7h10v3a5 5 0 0 1-10 0zM10 15v3",
  at: "M13.2 10a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0zm0 0v1.2a2 2 0 0 0 4 0V10a7.2 7.2 0 1 0-3 5.8",
  slash: "M12.5 3.5l-5 13M3 4h14M3 16h14",
  spark: "M10 3v4M10 13v4M3 10h4M13 10h4M5.5 5.5l2 2M12.5 12.5l2 2M14.5 5.5l-2 2M7.5 12.5l-2 2",
  group:
    "M7.5 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2.5 16c0-3 2.2-5 5-5s5 2 5 5M13 9.2a2.3 2.3 0 1 0-1-4.4M14 11.2c2.1.4 3.5 2.3 3.5 4.8",
};

/** An icon that screen readers skip; the control around it carries the name. */
export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name} ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Initials on one of eight quiet colours, chosen by the person's id. */
export function avatar(person, extra = "") {
  if (person.bot)
    return h("span", { class: `avatar avatar-bot ${extra}`, "aria-hidden": "true" }, icon("spark"));
  return h(
    "span",
    { class: `avatar hue-${person.hue ?? hue(person.id)} ${extra}`, "aria-hidden": "true" },
    initials(person.label),
  );
}

function initials(label) {
  const words = label
    .trim()
    .split(/[\s·_-]+/)
    .filter(Boolean);
  if (words.length === 0) return "?";
  const first = [...words[0]][0];
  if (/[\u3040-\u9fff\uac00-\ud7af]/.test(first)) return first;
  return (first + (words.length > 1 ? [...words.at(-1)][0] : "")).toUpperCase();
}

function hue(id) {
  let sum = 7;
  for (const char of id) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  return sum % 8;
}

/** The small turning ring of something under way. */
export function spinner() {
  return h("span", { class: "spinner", "aria-hidden": "true" });
}
