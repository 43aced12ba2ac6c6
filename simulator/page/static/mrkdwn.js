/** Slack's mrkdwn to DOM nodes. What is not understood stays text. */

import { clockTitle, mention } from "./mentions.js";
import { fillDate } from "./dates.js";
import { h, safeUrl } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const REACH = 3000; // how far a closing mark is looked for
const DEPTH = 6; // how deep styles nest

/** Slack's three escapes undone. */
export function unescape(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

/** A text object of Block Kit (plain_text or mrkdwn) as nodes. */
export function textObject(object, names) {
  if (!object) return [];
  if (object.type === "mrkdwn")
    return mrkdwn(object.text ?? "", names, { verbatim: object.verbatim === true });
  return [object.emoji === false ? object.text : withEmoji(object.text ?? "")];
}

/** Nodes for a whole mrkdwn text: fences, quotes, lines, inline marks. */
export function mrkdwn(text, names, { verbatim = false } = {}) {
  const nodes = [];
  const parts = text.split(/```([\s\S]*?)```/);
  parts.forEach((part, index) => {
    if (index % 2 === 1)
      nodes.push(h("pre", {}, h("code", {}, plain(part.replace(/^\n/, "").replace(/\n$/, "")))));
    else if (part !== "")
      nodes.push(...paragraphs(trimAround(part, index > 0, index < parts.length - 1), names, verbatim));
  });
  return nodes;
}

function trimAround(part, afterFence, beforeFence) {
  const start = afterFence ? part.replace(/^\n/, "") : part;
  return beforeFence ? start.replace(/\n$/, "") : start;
}

function paragraphs(text, names, verbatim) {
  const nodes = [];
  let quoted = [];
  let lines = [];
  const flush = () => {
    if (quoted.length > 0) nodes.push(h("blockquote", {}, inline(quoted.join("\n"), names, verbatim)));
    if (lines.length > 0) nodes.push(...inline(lines.join("\n"), names, verbatim));
    quoted = [];
    lines = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (quote ? lines.length > 0 : quoted.length > 0) flush();
    if (quote) quoted.push(quote[1]);
    else lines.push(line);
  }
  flush();
  return nodes;
}

/** Inline nodes of text without fences. */
export function inline(text, names, verbatim = false, depth = 0) {
  const out = [];
  let words = "";
  const push = (node) => {
    if (words !== "") out.push(unescape(words));
    words = "";
    if (node !== null) out.push(node);
  };
  let at = 0;
  while (at < text.length) {
    const hit = special(text, at, names, verbatim, depth);
    if (hit === null) {
      words += text[at];
      at += 1;
    } else {
      push(hit.node);
      at = hit.end;
    }
  }
  push(null);
  return out;
}

function special(text, at, names, verbatim, depth) {
  const char = text[at];
  if (char === "\n") return { node: h("br"), end: at + 1 };
  if (char === "<") return angle(text, at, names);
  if (char === "`") return code(text, at);
  if (char === ":") return shortcode(text, at);
  if (char === "h" && !verbatim) return bareLink(text, at);
  if (char in STYLES && depth < DEPTH) return styled(text, at, names, verbatim, depth);
  return null;
}

function angle(text, at, names) {
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const node = token(text.slice(at + 1, end), names);
  return node === null ? null : { node, end: end + 1 };
}

/** What stands between < and >: a mention, a date or a link. */
function token(body, names) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : unescape(body.slice(bar + 1));
  if (target.startsWith("!date^")) return dateToken(target, label, names);
  if (/^[@#!]/.test(target)) return mention(target, label, names);
  const href = safeUrl(unescape(target));
  return href === null ? null : link(href, label ?? unescape(target).replace(/^mailto:/, ""));
}

function dateToken(target, label, names) {
  const [, stamp, tokens, url] = target.split("^");
  const shown = fillDate(stamp, unescape(tokens ?? "{date} {time}"), names.me) ?? label ?? stamp;
  const href = url ? safeUrl(unescape(url)) : null;
  const time = h("time", { title: clockTitle(stamp, names.me) }, shown);
  return href === null ? time : link(href, time);
}

/** A link that opens beside this page and tells its target nothing. */
export function link(href, label) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

function code(text, at) {
  const end = text.indexOf("`", at + 1);
  const line = text.indexOf("\n", at);
  if (end <= at + 1 || (line >= 0 && line < end)) return null;
  return { node: h("code", {}, plain(text.slice(at + 1, end))), end: end + 1 };
}

/** Text inside code: nothing acts, links show as what they say. */
function plain(text) {
  return unescape(text.replace(/<([^>|\n]+)(?:\|([^>\n]*))?>/g, (_, target, label) => label ?? target));
}

function shortcode(text, at) {
  const found = /^:([a-z0-9_+'-]+)(?:::[a-z0-9-]+)?:/.exec(text.slice(at, at + 80));
  const char = found ? emoji(found[1]) : null;
  return char === null
    ? null
    : {
        node: h("span", { class: "emoji", role: "img", "aria-label": found[1].replaceAll("_", " ") }, char),
        end: at + found[0].length,
      };
}

function bareLink(text, at) {
  if (!boundary(text[at - 1])) return null;
  const found = /^https?:\/\/[^\s<>|`*]+/.exec(text.slice(at, at + REACH));
  if (!found) return null;
  const shown = found[0].replace(/[.,;:!?)\]'"]+$/, "");
  const href = safeUrl(unescape(shown));
  return href === null ? null : { node: link(href, unescape(shown)), end: at + shown.length };
}

function styled(text, at, names, verbatim, depth) {
  const mark = text[at];
  if (!boundary(text[at - 1]) || /[\s]/.test(text[at + 1] ?? " ") || text[at + 1] === mark) return null;
  const end = closing(text, at + 1, mark);
  if (end < 0) return null;
  return {
    node: h(STYLES[mark], {}, inline(text.slice(at + 1, end), names, verbatim, depth + 1)),
    end: end + 1,
  };
}

function closing(text, from, mark) {
  const stop = Math.min(text.length, from + REACH);
  for (let at = from; at < stop; at += 1) {
    const char = text[at];
    if (char === "\n") return -1;
    if (char === "<" || char === "`") {
      const end = text.indexOf(char === "<" ? ">" : "`", at + 1);
      if (end > at && end < stop) at = end;
    } else if (char === mark && at > from && !/\s/.test(text[at - 1]) && boundary(text[at + 1])) return at;
  }
  return -1;
}

function boundary(char) {
  return (
    char === undefined || !/[\p{Letter}\p{Number}]/u.test(char) || /[\u3040-\u9fff\uac00-\ud7af]/.test(char)
  );
}
