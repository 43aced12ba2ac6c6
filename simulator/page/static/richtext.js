/** The rich_text block: sections, lists, quotes, preformatted text. */

import { fillDate } from "./dates.js";
import { h, safeUrl } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelPill, clockTitle, groupPill, mention, personPill } from "./mentions.js";
import { link } from "./mrkdwn.js";

/** Nodes for a whole rich_text block. */
export function richText(block, names) {
  return (block.elements ?? []).map((part) => piece(part, names));
}

function piece(part, names) {
  const inner = () => spans(part.elements ?? [], names);
  switch (part.type) {
    case "rich_text_list":
      return list(part, names);
    case "rich_text_quote":
      return h("blockquote", {}, inner());
    case "rich_text_preformatted":
      return h("pre", {}, h("code", {}, inner()));
    default:
      return h("div", { class: "rich-section" }, inner());
  }
}

function list(part, names) {
  const indent = Math.min(Number(part.indent) || 0, 8);
  const ordered = part.style === "ordered";
  const start = ordered && part.offset ? Number(part.offset) + 1 : null;
  return h(
    ordered ? "ol" : "ul",
    { class: `rich-list indent-${indent}`, start },
    (part.elements ?? []).map((item) => h("li", {}, spans(item.elements ?? [], names))),
  );
}

function spans(elements, names) {
  return elements.map((element) => dress(span(element, names), element.style ?? {}));
}

function span(element, names) {
  switch (element.type) {
    case "text":
      return lines(element.text ?? "");
    case "link":
      return linked(element);
    case "emoji":
      return emoji(element.name ?? "") ?? `:${element.name}:`;
    case "user":
      return personPill(element.user_id, null, names);
    case "channel":
      return channelPill(element.channel_id, null, names);
    case "usergroup":
      return groupPill(element.usergroup_id, null, names);
    case "broadcast":
      return mention(`!${element.range}`, `@${element.range}`, names);
    case "date":
      return h(
        "time",
        { title: clockTitle(element.timestamp, names.me) },
        fillDate(element.timestamp, element.format ?? "{date}", names.me) ?? element.fallback ?? "",
      );
    case "color":
      return h("code", {}, element.value ?? "");
    default:
      return "";
  }
}

function linked(element) {
  const href = safeUrl(element.url ?? "");
  const label = element.text || element.url || "";
  return href === null ? label : link(href, label);
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index === 0 ? [line] : [h("br"), line]));
}

function dress(content, style) {
  let node = content;
  for (const [name, tag] of [
    ["code", "code"],
    ["bold", "strong"],
    ["italic", "em"],
    ["strike", "s"],
    ["underline", "u"],
  ]) {
    if (style[name]) node = h(tag, {}, node);
  }
  return node;
}
