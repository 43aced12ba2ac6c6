/** One message: who, when, what it says, its files, reactions and thread. */

import { address } from "./addresses.js";
import { renderBlocks, textBlock } from "./blocks.js";
import { clock, moment } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { fileCard } from "./files.js";
import { avatar, icon, spinner } from "./icons.js";
import { person } from "./mentions.js";
import { mrkdwn } from "./mrkdwn.js";
import { toast } from "./notices.js";
import { surface } from "./surfaces.js";

/** A message as an article. `first` is false below another one of the same person. */
export function messageNode(message, names, { first, inThread }) {
  const author = authorOf(message, names);
  const classes = [
    "message",
    first ? "first" : "",
    message.ephemeral ? "ephemeral" : "",
    mentionsMe(message, names) ? "to-me" : "",
  ]
    .filter(Boolean)
    .join(" ");
  return h(
    "article",
    {
      class: classes,
      id: `m-${message.ts}`,
      "aria-label": `${author.label}, ${clock(Number(message.ts), names.me)}`,
      tabindex: -1,
    },
    h(
      "div",
      { class: "gutter" },
      first
        ? avatar(author)
        : h("span", { class: "hover-time", "aria-hidden": "true" }, stamp(message, names)),
    ),
    h(
      "div",
      { class: "message-body" },
      message.ephemeral ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      first ? head(message, author, names) : null,
      content(message, names),
      reactions(message, names),
      inThread ? null : threadLine(message, names),
    ),
    message.ephemeral ? null : tools(message, inThread),
  );
}

function authorOf(message, names) {
  const known = person(names, message.user);
  return message.username ? { ...known, label: message.username } : known;
}

function mentionsMe(message, names) {
  return (
    !message.ephemeral &&
    message.user !== names.me.id &&
    JSON.stringify([message.text, message.blocks]).includes(`<@${names.me.id}`)
  );
}

function stamp(message, names) {
  const seconds = Number(message.ts);
  return h(
    "time",
    { datetime: new Date(seconds * 1000).toISOString(), title: moment(seconds, names.me) },
    clock(seconds, names.me),
  );
}

function head(message, author, names) {
  return h(
    "div",
    { class: "message-head" },
    h("span", { class: "author" }, author.label),
    author.bot ? h("span", { class: "badge" }, "App") : null,
    author.stranger ? h("span", { class: "badge" }, "Guest") : null,
    stamp(message, names),
  );
}

function content(message, names) {
  const it = surface({
    key: `${names.me.id}|${message.channel}|${message.ts}`,
    place: { kind: "message", channel: message.channel, ts: message.ts },
    names,
    files: message.files,
  });
  const body =
    message.blocks.length > 0
      ? h("div", { class: "blocks" }, renderBlocks(message.blocks, it))
      : message.text
        ? textBlock(message.text, names)
        : null;
  const shown = new Set(
    message.blocks.filter((block) => block.type === "file").map((block) => block.file_id),
  );
  const files = message.files.filter((file) => !shown.has(file.id));
  return [
    body,
    message.edited ? h("span", { class: "edited" }, "(edited)") : null,
    message.attachments.map((attachment) => attached(attachment, it)),
    files.length > 0 ? h("div", { class: "message-files" }, files.map(fileCard)) : null,
  ];
}

function attached(attachment, it) {
  const words = [attachment.pretext, attachment.title, attachment.text]
    .filter(Boolean)
    .map((text) => h("div", { class: "text" }, mrkdwn(String(text), it.names)));
  const bar = h("div", { class: "attachment" }, words, renderBlocks(attachment.blocks ?? [], it));
  if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? ""))
    bar.style.setProperty("--bar", `#${attachment.color.replace("#", "")}`);
  return bar;
}

function reactions(message, names) {
  if (message.reactions.length === 0) return null;
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map(({ name, users }) => {
      const who = users.map((id) => person(names, id).label).join(", ");
      return h(
        "span",
        {
          class: users.includes(names.me.id) ? "reaction mine" : "reaction",
          role: "img",
          "aria-label": `${name}: ${who}`,
          title: `${who} reacted with :${name}:`,
        },
        h("span", {}, emoji(name) ?? `:${name}:`),
        h("span", { class: "count" }, String(users.length)),
      );
    }),
  );
}

function threadLine(message, names) {
  if (!message.reply_count) return null;
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h(
    "a",
    { class: "thread-line", href: address({ thread: message.ts }), "data-key": `thread-${message.ts}` },
    h(
      "span",
      { class: "faces" },
      message.reply_users.slice(0, 4).map((id) => avatar(person(names, id), "tiny")),
    ),
    h("span", { class: "thread-count" }, count),
    h("span", { class: "quiet" }, `last at ${clock(Number(message.latest_reply), names.me)}`),
  );
}

function tools(message, inThread) {
  const link = () => {
    const url = new URL(address({ thread: message.thread_ts ?? message.ts }), location.href);
    navigator.clipboard?.writeText(url.href).then(
      () => toast("Link copied."),
      () => toast("The browser did not allow copying.", "bad"),
    );
  };
  return h(
    "div",
    { class: "tools" },
    inThread
      ? null
      : h(
          "a",
          {
            class: "tool",
            href: address({ thread: message.thread_ts ?? message.ts }),
            "aria-label": "Reply in thread",
            title: "Reply in thread",
            "data-key": `reply-${message.ts}`,
          },
          icon("reply"),
        ),
    h(
      "button",
      { type: "button", class: "tool", "aria-label": "Copy link", title: "Copy link", onclick: link },
      icon("link"),
    ),
  );
}

/** A line of this window that is on its way, or that did not arrive. */
export function pendingNode(line, names, { retry, drop }) {
  const failed = line.error !== null;
  return h(
    "article",
    {
      class: `message first pending${failed ? " failed" : ""}`,
      "aria-label": failed ? "Not sent" : "Sending",
    },
    h("div", { class: "gutter" }, avatar(names.people.get(names.me.id) ?? names.me)),
    h(
      "div",
      { class: "message-body" },
      h("div", { class: "message-head" }, h("span", { class: "author" }, names.me.label)),
      h("div", { class: "text" }, line.text),
      failed ? failure(line, retry, drop) : h("div", { class: "sending" }, spinner(), "Sending…"),
    ),
  );
}

function failure(line, retry, drop) {
  const [command] = line.text.split(/\s/);
  const words = /^[a-z_]+$/.test(line.error)
    ? `${command} failed with the error “${line.error}”`
    : line.error;
  return h(
    "div",
    { class: "send-failed", role: "alert" },
    h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
    h("p", {}, icon("warn"), words),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "button", onclick: retry }, "Try again"),
      h("button", { type: "button", class: "button button-quiet", onclick: drop }, "Dismiss"),
    ),
  );
}
