/** Block Kit blocks as DOM nodes. The interactive elements in them are made by elements.js. */

import { h, uid } from "./dom.js";
import { element } from "./elements.js";
import { picture, fileCard } from "./files.js";
import { icon, spinner } from "./icons.js";
import { markdown } from "./markdown.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const KINDS = {
  section,
  header,
  context,
  divider: () => h("hr", { class: "block divider" }),
  actions,
  image,
  input,
  markdown: markdownBlock,
  rich_text: (block, it) => h("div", { class: "block rich" }, richText(block, it.names)),
  table,
  data_table: table,
  file,
  alert,
  context_actions: actions,
  video,
  card,
  container,
  carousel,
  task_card: taskCard,
  plan,
};

/** Nodes for a list of blocks. `it` is the surface they stand on (surfaces.js). */
export function renderBlocks(blocks, it) {
  return (blocks ?? []).map((block, index) => renderBlock(block, it, index));
}

function renderBlock(block, it, index) {
  const id = block.block_id ?? `block-${index}`;
  const kind = Object.hasOwn(KINDS, block.type) ? KINDS[block.type] : unknown;
  return kind(block, it, id);
}

function unknown(block) {
  return h("p", { class: "block unknown" }, `This client does not show “${block.type}” blocks.`);
}

function section(block, it, id) {
  const body = h(
    "div",
    { class: "section-body" },
    block.text ? h("div", { class: "text", id: uid("text") }, textObject(block.text, it.names)) : null,
    block.fields
      ? h(
          "div",
          { class: "fields" },
          block.fields.map((field) => h("div", { class: "field text" }, textObject(field, it.names))),
        )
      : null,
  );
  if (!block.accessory) return h("div", { class: "block section" }, body);
  const label = plainLabel(block.text);
  const wide = !["image", "button", "overflow"].includes(block.accessory.type);
  return h(
    "div",
    { class: `block section with-accessory${wide ? " wide-accessory" : ""}` },
    body,
    h("div", { class: "accessory" }, element(block.accessory, { ...it, blockId: id, label })),
  );
}

function plainLabel(text) {
  const words = (text?.text ?? "")
    .replace(/[*_~`]|<[^>]*>/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return words.length > 80 ? `${words.slice(0, 79)}…` : words;
}

function header(block, it) {
  return h(
    "div",
    { class: "block header", role: "heading", "aria-level": 2 },
    textObject(block.text, it.names),
  );
}

function context(block, it, id) {
  return h(
    "div",
    { class: "block context" },
    (block.elements ?? []).map((part) =>
      part.type === "image"
        ? element(part, { ...it, blockId: id })
        : h("span", { class: "context-text" }, textObject(part, it.names)),
    ),
  );
}

function actions(block, it, id) {
  return h(
    "div",
    { class: "block actions", role: "group" },
    (block.elements ?? [])
      .flatMap((part) => (part.type === "feedback_buttons" ? feedback(part) : [part]))
      .map((part) => element(part, { ...it, blockId: id, label: "" })),
  );
}

function feedback(part) {
  return [part.positive_button, part.negative_button]
    .filter(Boolean)
    .map((button) => ({ ...button, type: "button", action_id: part.action_id }));
}

function image(block, it) {
  const title = block.title ? h("figcaption", {}, textObject(block.title, it.names)) : null;
  return h("figure", { class: "block image-block" }, title, picture(block, it));
}

function markdownBlock(block, it) {
  return h("div", { class: "block markdown text" }, markdown(block.text ?? "", it.names));
}

function file(block, it) {
  const found = it.files?.find((one) => one.id === block.file_id || one.external_id === block.external_id);
  return h(
    "div",
    { class: "block" },
    found ? fileCard(found) : h("p", { class: "unknown" }, "A file that is no longer here."),
  );
}

const GROUPED = new Set(["checkboxes", "radio_buttons", "file_input"]);

function input(block, it, id) {
  const control = uid("control");
  const title = block.label?.text ?? "";
  const error = it.errors?.[id] ?? null;
  const described =
    [block.hint ? `${control}-hint` : null, error ? `${control}-error` : null].filter(Boolean).join(" ") ||
    null;
  const part = element(block.element ?? {}, {
    ...it,
    blockId: id,
    label: title,
    controlId: control,
    describedBy: described,
    invalid: error !== null,
    required: block.optional !== true,
    dispatches: block.dispatch_action === true,
    inInput: true,
    labelledBy: `${control}-label`,
  });
  const words = [
    textObject(block.label, it.names),
    block.optional ? h("span", { class: "optional" }, " (optional)") : null,
  ];
  const label = GROUPED.has(block.element?.type)
    ? h("div", { class: "label", id: `${control}-label` }, words)
    : h("label", { class: "label", htmlFor: control, id: `${control}-label` }, words);
  return h(
    "div",
    { class: `block input${error ? " has-error" : ""}`, "data-block": id },
    label,
    part,
    error ? h("p", { class: "field-error", id: `${control}-error` }, icon("warn"), error) : null,
    block.hint ? h("p", { class: "hint", id: `${control}-hint` }, textObject(block.hint, it.names)) : null,
  );
}

function table(block, it) {
  const settings = block.column_settings ?? [];
  const rows = (block.rows ?? []).map((row, line) =>
    h(
      "tr",
      {},
      row.map((cell, column) =>
        h(
          line === 0 ? "th" : "td",
          {
            class: `align-${align(cell, settings[column])}${settings[column]?.is_wrapped ? " wrapped" : ""}`,
            scope: line === 0 ? "col" : null,
          },
          cellNodes(cell, it),
        ),
      ),
    ),
  );
  const caption = block.caption
    ? h(
        "caption",
        {},
        typeof block.caption === "string" ? block.caption : textObject(block.caption, it.names),
      )
    : null;
  return h(
    "div",
    { class: "block table-scroll", tabindex: 0, role: "group", "aria-label": "Table" },
    h("table", {}, caption, h("thead", {}, rows[0] ?? null), h("tbody", {}, rows.slice(1))),
  );
}

function align(cell, setting) {
  const asked = setting?.align;
  if (["left", "center", "right"].includes(asked)) return asked;
  return cell?.type === "raw_number" ? "right" : "left";
}

function cellNodes(cell, it) {
  if (cell?.type === "rich_text") return richText(cell, it.names);
  if (cell?.type === "raw_number") return String(cell.text ?? cell.value ?? "");
  return cell?.text ?? "";
}

const LEVELS = { info: "spark", success: "check", warning: "warn", error: "warn", default: "spark" };

function alert(block, it) {
  const level = Object.hasOwn(LEVELS, block.level) ? block.level : "default";
  return h(
    "div",
    { class: `block alert alert-${level}`, role: "note" },
    icon(LEVELS[level]),
    h("div", { class: "text" }, textObject(block.text, it.names)),
  );
}

function video(block, it) {
  return h(
    "div",
    { class: "block unknown" },
    textObject(block.title, it.names),
    " — videos are not played here.",
  );
}

function card(block, it, id) {
  return h(
    "div",
    { class: "block card" },
    block.hero_image ? picture(block.hero_image, it) : null,
    block.title ? h("div", { class: "card-title" }, textObject(block.title, it.names)) : null,
    block.subtitle ? h("div", { class: "card-subtitle" }, textObject(block.subtitle, it.names)) : null,
    block.body ? h("div", { class: "text" }, textObject(block.body, it.names)) : null,
    block.actions
      ? h(
          "div",
          { class: "actions" },
          block.actions.map((part) => element(part, { ...it, blockId: id, label: "" })),
        )
      : null,
  );
}

function container(block, it) {
  const inner = renderBlocks(block.child_blocks, it);
  const title = block.title ? h("span", { class: "card-title" }, textObject(block.title, it.names)) : null;
  if (block.is_collapsible || block.collapsible)
    return h("details", { class: "block card", open: true }, h("summary", {}, title), inner);
  return h("div", { class: "block card" }, title, inner);
}

function carousel(block, it) {
  return h(
    "div",
    { class: "block carousel", tabindex: 0, role: "group", "aria-label": "Cards" },
    (block.elements ?? block.cards ?? []).map((part, index) =>
      card(part, it, part.block_id ?? `card-${index}`),
    ),
  );
}

const STATUS = { pending: "Waiting", in_progress: "Running", complete: "Done", error: "Failed" };

function taskCard(block, it) {
  const status = Object.hasOwn(STATUS, block.status) ? block.status : "pending";
  const mark =
    status === "in_progress"
      ? spinner()
      : icon({ pending: "more", complete: "check", error: "warn" }[status]);
  const title = typeof block.title === "string" ? block.title : textObject(block.title, it.names);
  return h(
    "div",
    { class: `block task task-${status}` },
    mark,
    h(
      "div",
      {},
      h("span", { class: "task-title" }, title),
      h("span", { class: "quiet" }, ` ${STATUS[status]}`),
      ["details", "output"].map((part) =>
        block[part] ? h("div", { class: "quiet" }, richText(block[part], it.names)) : null,
      ),
    ),
  );
}

function plan(block, it) {
  return h(
    "div",
    { class: "block card" },
    h("div", { class: "card-title" }, block.title?.text ?? block.title ?? ""),
    (block.tasks ?? []).map((task) => taskCard(task, it)),
  );
}

/** A message's or file comment's plain mrkdwn text. */
export function textBlock(text, names) {
  return h("div", { class: "text" }, mrkdwn(text, names));
}
