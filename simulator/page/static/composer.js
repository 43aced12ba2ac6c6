/** The field one writes in: grows with the text, completes /commands, @names, #channels and :emoji:. */

import { h, place, uid } from "./dom.js";
import { emoji, emojiNames } from "./emoji.js";
import { avatar, icon } from "./icons.js";
import { announce } from "./notices.js";
import { state } from "./store.js";

const drafts = new Map();
const MOST = 12000; // characters; Slack's own limit for what a person types

/** A composer; `onSend(text)` is called with what was written. */
export class Composer {
  constructor({ label, onSend, refuse = () => null }) {
    Object.assign(this, { onSend, refuse, options: [], at: 0, draftKey: "" });
    const listId = uid("complete");
    this.field = h("textarea", {
      class: "composer-field",
      rows: 1,
      maxlength: MOST,
      // Until a conversation is there: what is written before would belong to none and be lost.
      disabled: true,
      "aria-label": label,
      "aria-autocomplete": "list",
      "aria-controls": listId,
      "aria-describedby": `${listId}-note`,
      "data-key": uid("composer"),
    });
    this.list = h("div", {
      class: "options completions",
      id: listId,
      role: "listbox",
      "aria-label": "Suggestions",
      popover: "manual",
    });
    this.note = h("p", { class: "composer-note", id: `${listId}-note`, role: "status" });
    this.button = h(
      "button",
      { type: "submit", class: "send", "aria-label": "Send", disabled: true },
      icon("send"),
    );
    this.root = h(
      "form",
      { class: "composer" },
      h("div", { class: "composer-box" }, this.field, this.button),
      this.note,
      this.list,
    );
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.close());
    this.field.addEventListener("click", () => this.complete());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Turns to another conversation; what was being written in each is kept. */
  turnTo(draftKey, label, disabled = null) {
    if (draftKey !== this.draftKey) {
      this.draftKey = draftKey;
      this.field.value = drafts.get(draftKey) ?? "";
      this.close();
      this.typed({ quiet: true });
    }
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = disabled ?? label;
    this.field.disabled = disabled !== null;
  }

  /** Puts words into the field, ready to be sent. */
  fill(text) {
    this.field.value = text;
    this.typed({ quiet: true });
    this.field.focus();
  }

  typed({ quiet = false } = {}) {
    drafts.set(this.draftKey, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 220)}px`;
    this.button.disabled = this.field.value.trim() === "";
    const refusal = this.refuse(this.field.value);
    this.note.textContent = refusal ?? this.usage();
    this.note.classList.toggle("bad", refusal !== null);
    if (!quiet) this.complete();
  }

  usage() {
    const command = state.commands.find((one) => this.field.value.startsWith(`${one.name} `));
    return command?.usage ? `${command.name} ${command.usage}` : "";
  }

  send() {
    const text = this.field.value.trim();
    if (text === "" || this.field.disabled || this.refuse(text) !== null) return;
    this.field.value = "";
    this.close();
    this.typed({ quiet: true });
    this.onSend(text);
  }

  key(event) {
    if (event.isComposing) return;
    const open = this.options.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.highlight(
        (this.at + (event.key === "ArrowDown" ? 1 : -1) + this.options.length) % this.options.length,
      );
    } else if (open && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) {
      event.preventDefault();
      this.pick(this.options[this.at]);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  complete() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const found =
      SOURCES.map(({ pattern, options }) => {
        const hit = pattern.exec(before);
        return hit
          ? options(hit[1]).map((option) => ({ ...option, from: before.length - hit[1].length - 1 }))
          : [];
      }).find((options) => options.length > 0) ?? [];
    // A command typed to its end is no question any more.
    const exact = found.length === 1 && before.slice(found[0].from) === found[0].insert;
    if (found.length === 0 || exact) this.close();
    else this.open(found.slice(0, 8));
  }

  open(options) {
    this.options = options;
    this.list.replaceChildren(
      ...options.map((option, index) =>
        h(
          "div",
          {
            class: "option",
            role: "option",
            id: uid("complete"),
            onclick: () => this.pick(option),
            onmousemove: () => this.highlight(index),
          },
          option.person
            ? avatar(option.person, "tiny")
            : option.char
              ? h("span", { class: "option-char" }, option.char)
              : icon(option.icon),
          h(
            "span",
            { class: "option-words" },
            h("span", {}, option.label),
            option.note ? h("span", { class: "quiet" }, option.note) : null,
          ),
        ),
      ),
    );
    if (!this.list.matches(":popover-open")) {
      this.list.showPopover();
      announce(`${options.length} suggestions`);
    }
    place(this.list, this.root.firstElementChild, { match: true });
    this.highlight(0);
  }

  highlight(index) {
    this.list.children[this.at]?.classList.remove("active");
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = index;
    const row = this.list.children[index];
    row?.classList.add("active");
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.field.setAttribute("aria-activedescendant", row.id);
  }

  close() {
    this.options = [];
    this.at = 0;
    if (this.list.matches(":popover-open")) this.list.hidePopover();
    this.field.removeAttribute("aria-activedescendant");
  }

  pick(option) {
    const caret = this.field.selectionStart;
    this.field.setRangeText(`${option.insert} `, option.from, caret, "end");
    this.close();
    this.typed({ quiet: true });
  }
}

const SOURCES = [
  {
    pattern: /^\/(\S*)$/,
    options: (word) =>
      state.commands
        .filter((one) => one.name.startsWith(`/${word}`))
        .map((one) => ({
          label: one.name,
          insert: one.name,
          note: one.description || one.usage,
          icon: "slash",
        })),
  },
  { pattern: /(?:^|[\s(])@([^\s@]*)$/u, options: someone },
  {
    pattern: /(?:^|[\s(])#([^\s#]*)$/u,
    options: (word) =>
      state.channels
        .filter((one) => one.name.includes(word.toLowerCase()))
        .map((one) => ({
          label: `#${one.name}`,
          insert: `#${one.name}`,
          note: one.topic,
          icon: one.private ? "lock" : "hash",
        })),
  },
  {
    pattern: /(?:^|\s):([a-z0-9_+-]{2,})$/,
    options: (word) =>
      emojiNames()
        .filter((name) => name.includes(word))
        .slice(0, 8)
        .map((name) => ({ label: `:${name}:`, insert: emoji(name), char: emoji(name) })),
  },
];

function someone(word) {
  const lower = word.toLowerCase();
  const fits = (one) => `${one.name} ${one.label}`.toLowerCase().includes(lower);
  const bot =
    state.bot && fits(state.bot)
      ? [{ label: `@${state.bot.name}`, insert: `@${state.bot.name}`, note: "App", person: state.bot }]
      : [];
  const people = state.people
    .filter((one) => one.id !== state.me.id && fits(one))
    .map((one) => ({
      label: one.label,
      insert: `@${one.name}`,
      note: one.title,
      person: state.names.people.get(one.id),
    }));
  const groups = state.groups
    .filter((one) => one.handle.includes(lower))
    .map((one) => ({ label: `@${one.handle}`, insert: `@${one.handle}`, note: "Group", icon: "group" }));
  return [...bot, ...people, ...groups];
}
