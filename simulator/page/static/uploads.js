/** The file_input element: choose or drop files, see them, take them away again. */

import { h } from "./dom.js";
import { keyOf } from "./gestures.js";
import { size } from "./files.js";
import { report } from "./fields.js";
import { icon, spinner } from "./icons.js";
import { upload } from "./live.js";
import { announce } from "./notices.js";

export function fileInput(el, it) {
  const most = el.max_files ?? 10;
  const kept = [...(it.value(it.blockId, el, []) ?? [])].filter((one) => typeof one === "object");
  const shown = h("ul", { class: "file-list" });
  const input = h("input", {
    type: "file",
    class: "file-native",
    multiple: most > 1,
    accept: el.filetypes?.map((kind) => `.${kind}`).join(",") ?? null,
    id: it.controlId ?? null,
    "aria-labelledby": it.labelledBy ?? null,
    "aria-describedby": it.describedBy ?? null,
    "aria-invalid": it.invalid ? "true" : null,
    "data-key": keyOf(el, it),
  });
  const prompt = h(
    "label",
    { class: "file-drop", htmlFor: input.id },
    icon("upload"),
    h(
      "span",
      {},
      most > 1 ? `Choose files or drop them here (at most ${most})` : "Choose a file or drop it here",
    ),
  );
  const holder = h("div", { class: "file-input" }, input, prompt, shown);
  const changed = () => {
    draw();
    return report(holder, el, it, [...kept]);
  };
  const draw = () =>
    shown.replaceChildren(
      ...kept.map((file) =>
        h(
          "li",
          {},
          icon("file"),
          h("span", { class: "file-name" }, file.name),
          h("span", { class: "quiet" }, size(file.size)),
          h(
            "button",
            {
              type: "button",
              class: "bare",
              "aria-label": `Remove ${file.name}`,
              onclick: () => {
                kept.splice(kept.indexOf(file), 1);
                changed();
                input.focus();
              },
            },
            icon("close"),
          ),
        ),
      ),
    );
  const take = async (files) => {
    for (const file of files) {
      if (kept.length >= most) {
        announce(`At most ${most} files.`);
        break;
      }
      const row = h("li", {}, spinner(), h("span", { class: "file-name" }, file.name));
      shown.append(row);
      const stored = await upload(file);
      row.remove();
      if (stored !== null) kept.push(stored);
    }
    await changed();
  };
  input.addEventListener("change", async () => {
    await take([...input.files]);
    input.value = "";
  });
  prompt.addEventListener("dragover", (event) => event.preventDefault());
  prompt.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  draw();
  return holder;
}
