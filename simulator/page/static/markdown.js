/** The markdown block: standard Markdown (headings, lists, tables, fences) to DOM nodes. */

import { h, safeUrl } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mention } from "./mentions.js";
import { link } from "./mrkdwn.js";

const DEPTH = 8;

/** Nodes for a Markdown text. */
export function markdown(text, names) {
  return blocks(text.replaceAll("\r\n", "\n").split("\n"), names, 0);
}

const STARTS = [
  { test: /^\s*(```|~~~)/, read: fence },
  { test: /^#{1,6}\s/, read: heading },
  { test: /^\s*([-*_])\s*(?:\1\s*){2,}$/, read: (lines, at) => ({ node: h("hr"), next: at + 1 }) },
  { test: /^\s*>/, read: quote },
  { test: /^\s*(?:[-*+]|\d{1,9}[.)])\s/, read: list },
];

function blocks(lines, names, depth) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === "") {
      at += 1;
      continue;
    }
    const { node, next } = reader(lines, at, depth)(lines, at, names, depth);
    nodes.push(node);
    at = next;
  }
  return nodes;
}

function reader(lines, at, depth) {
  if (isTable(lines, at)) return table;
  const start = depth < DEPTH ? STARTS.find(({ test }) => test.test(lines[at])) : undefined;
  return start?.read ?? paragraph;
}

function fence(lines, at) {
  const mark = /^\s*(```|~~~)/.exec(lines[at])[1];
  let end = at + 1;
  while (end < lines.length && !lines[end].trimStart().startsWith(mark)) end += 1;
  return { node: h("pre", {}, h("code", {}, lines.slice(at + 1, end).join("\n"))), next: end + 1 };
}

function heading(lines, at, names) {
  const [, marks, words] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]) ?? [null, "#", lines[at].slice(2)];
  return {
    node: h(
      "p",
      {
        class: `md-heading md-h${marks.length}`,
        role: "heading",
        "aria-level": Math.min(6, marks.length + 1),
      },
      inline(words, names),
    ),
    next: at + 1,
  };
}

function quote(lines, at, names, depth) {
  let end = at;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^\s*>\s?/, ""));
  return { node: h("blockquote", {}, blocks(inner, names, depth + 1)), next: end };
}

function list(lines, at, names, depth) {
  const first = /^(\s*)([-*+]|\d{1,9}[.)])\s+/.exec(lines[at]);
  const indent = first[1].length;
  const ordered = /\d/.test(first[2]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/.exec(lines[end]);
    if (
      item &&
      item[1].length <= indent + 1 &&
      item[1].length >= indent - 1 &&
      /\d/.test(item[2]) === ordered
    )
      items.push([item[3]]);
    else if (lines[end].trim() !== "" && /^\s/.test(lines[end]) && items.length > 0)
      items.at(-1).push(lines[end].replace(/^\s{1,4}/, ""));
    else break;
    end += 1;
  }
  const start = ordered ? Number.parseInt(first[2], 10) : null;
  return {
    node: h(
      ordered ? "ol" : "ul",
      { class: "rich-list", start: start === 1 ? null : start },
      items.map((item) => listItem(item, names, depth)),
    ),
    next: end,
  };
}

function listItem([head, ...rest], names, depth) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(head);
  const box = task
    ? h(
        "span",
        { class: "md-task", role: "img", "aria-label": task[1] === " " ? "open" : "done" },
        task[1] === " " ? "☐ " : "☑ ",
      )
    : null;
  return h(
    "li",
    {},
    box,
    inline(task ? task[2] : head, names),
    rest.length > 0 ? blocks(rest, names, depth + 1) : null,
  );
}

function isTable(lines, at) {
  return (
    lines[at].includes("|") &&
    /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "") &&
    lines[at + 1].includes("|")
  );
}

function cells(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function table(lines, at, names) {
  const align = cells(lines[at + 1]).map((rule) =>
    /^:-+:$/.test(rule) ? "center" : /-:$/.test(rule) ? "right" : "left",
  );
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const row = (line, tag) =>
    h(
      "tr",
      {},
      cells(line).map((cell, column) =>
        h(tag, { class: `align-${align[column] ?? "left"}` }, inline(cell, names)),
      ),
    );
  const body = lines.slice(at + 2, end).map((line) => row(line, "td"));
  return {
    node: h(
      "div",
      { class: "table-scroll", tabindex: 0, role: "group", "aria-label": "Table" },
      h("table", {}, h("thead", {}, row(lines[at], "th")), h("tbody", {}, body)),
    ),
    next: end,
  };
}

function paragraph(lines, at, names, depth) {
  let end = at + 1;
  while (
    end < lines.length &&
    lines[end].trim() !== "" &&
    !isTable(lines, end) &&
    !STARTS.some(({ test }) => test.test(lines[end]))
  )
    end += 1;
  const rows = lines.slice(at, end);
  return {
    node: h(
      "p",
      {},
      rows.flatMap((line, index) => [index > 0 ? h("br") : null, inline(line, names, depth)]),
    ),
    next: end,
  };
}

const INLINE = [
  { test: /^`([^`]+)`/, make: (found) => h("code", {}, found[1]) },
  {
    test: /^!?\[([^\]]*)\]\(([^\s)]+)(?:\s+"[^"]*")?\)/,
    make: (found, names, depth) => linked(found[1], found[2], names, depth),
  },
  { test: /^<((?:https?:|mailto:)[^>\s]+)>/, make: (found) => linked(null, found[1]) },
  {
    test: /^<([@#!][^>|]+)(?:\|([^>]*))?>/,
    make: (found, names) => mention(found[1], found[2] ?? null, names),
  },
  { test: /^https?:\/\/[^\s<>)]*[^\s<>).,;:!?]/, make: (found) => linked(null, found[0]) },
  {
    test: /^\*\*(?=\S)(.+?)(?<=\S)\*\*/,
    make: (found, names, depth) => h("strong", {}, inline(found[1], names, depth + 1)),
  },
  {
    test: /^__(?=\S)(.+?)(?<=\S)__/,
    make: (found, names, depth) => h("strong", {}, inline(found[1], names, depth + 1)),
  },
  {
    test: /^~~(?=\S)(.+?)(?<=\S)~~/,
    make: (found, names, depth) => h("s", {}, inline(found[1], names, depth + 1)),
  },
  {
    test: /^\*(?=\S)([^*]+?)(?<=\S)\*/,
    make: (found, names, depth) => h("em", {}, inline(found[1], names, depth + 1)),
  },
  {
    test: /^_(?=\S)([^_]+?)(?<=\S)_(?![\p{Letter}\p{Number}])/u,
    make: (found, names, depth) => h("em", {}, inline(found[1], names, depth + 1)),
  },
];

function linked(label, target, names, depth) {
  const href = safeUrl(target);
  if (href === null) return label ?? target;
  return link(href, label === null ? target : inline(label, names, (depth ?? 0) + 1));
}

function inline(text, names, depth = 0) {
  const out = [];
  let words = "";
  let at = 0;
  const flush = () => {
    if (words !== "") out.push(withEmoji(words));
    words = "";
  };
  while (at < text.length) {
    if (text[at] === "\\" && /[\\`*_{}[\]()#+\-.!|~<>]/.test(text[at + 1] ?? "")) {
      words += text[at + 1];
      at += 2;
      continue;
    }
    const hit =
      depth < DEPTH &&
      "`!<[h*_~".includes(text[at]) &&
      !(text[at] === "_" && /[\p{Letter}\p{Number}]/u.test(text[at - 1] ?? ""))
        ? match(text.slice(at, at + 3000), names, depth)
        : null;
    if (hit === null) {
      words += text[at];
      at += 1;
    } else {
      flush();
      out.push(hit.node);
      at += hit.length;
    }
  }
  flush();
  return out;
}

function match(text, names, depth) {
  for (const { test, make } of INLINE) {
    const found = test.exec(text);
    if (found) return { node: make(found, names, depth), length: found[0].length };
  }
  return null;
}
