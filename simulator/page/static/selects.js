/** Select menus of every kind: one or many, static, looked up by the bot, people, channels. */

import { confirmed } from "./dialogs.js";
import { debounce, h, place, uid } from "./dom.js";
import { naming, report } from "./fields.js";
import { avatar, icon } from "./icons.js";
import { sourceOf } from "./sources.js";
import { initialValue } from "./surfaces.js";

/** The combobox for any select element. */
export function select(el, it) {
  const many = el.type.startsWith("multi_");
  const source = sourceOf(el, it);
  const start = it.value(it.blockId, el, initialValue(el));
  const chosen = (many ? (start ?? []) : start ? [start] : []).map((one) => source.option(one));
  return new Picker({ el, it, many, source, chosen }).root;
}

class Picker {
  constructor({ el, it, many, source, chosen }) {
    Object.assign(this, { el, it, many, source, chosen, at: -1, shown: [], asked: 0 });
    const listId = uid("list");
    this.list = h("div", {
      class: "options",
      id: listId,
      role: "listbox",
      "aria-label": it.label || el.placeholder?.text || "Options",
      "aria-multiselectable": many ? "true" : null,
      popover: "manual",
    });
    this.input = h("input", {
      ...naming(el, it),
      class: "picker-input",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-autocomplete": "list",
      "data-1p-ignore": true,
    });
    this.chips = h("span", { class: "chips" });
    this.clear = h(
      "button",
      {
        type: "button",
        class: "bare picker-clear",
        "aria-label": "Clear",
        tabIndex: -1,
        onclick: () => this.change([]),
      },
      icon("close"),
    );
    this.box = h(
      "div",
      { class: `picker${many ? " many" : ""}` },
      this.chips,
      this.input,
      this.clear,
      icon("chevron"),
    );
    this.root = h("div", { class: "field-wrap picker-wrap" }, this.box, this.list);
    this.ask = debounce(() => this.load(), source.wait);
    this.follow = () => place(this.list, this.box, { match: true });
    this.listen();
    this.draw();
  }

  listen() {
    this.box.addEventListener("mousedown", (event) => {
      if (event.target === this.input) return;
      event.preventDefault(); // or the field would lose the focus and draw the chip anew below the pointer
      if (event.target.closest("button")) return;
      this.input.focus();
      this.toggle();
    });
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("input", () => {
      this.typing = true;
      this.open();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get isOpen() {
    return this.input.getAttribute("aria-expanded") === "true";
  }

  get query() {
    return this.typing ? this.input.value.trim() : "";
  }

  draw() {
    const placeholder = this.el.placeholder?.text ?? (this.many ? "Choose…" : "Choose one…");
    if (this.many) {
      this.chips.replaceChildren(
        ...this.chosen.map((option) =>
          h(
            "span",
            { class: "chip" },
            option.person ? avatar(option.person, "tiny") : null,
            h("span", {}, option.label),
            h(
              "button",
              {
                type: "button",
                class: "bare",
                "aria-label": `Remove ${option.label}`,
                onclick: () => this.change(this.chosen.filter((one) => one !== option)),
              },
              icon("close"),
            ),
          ),
        ),
      );
      this.input.value = "";
    } else {
      this.input.value = this.chosen[0]?.label ?? "";
    }
    this.input.placeholder = this.chosen.length > 0 ? "" : placeholder;
    this.clear.hidden = this.many || this.chosen.length === 0 || this.it.required !== false;
    this.typing = false;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    if (!this.isOpen) {
      this.list.showPopover();
      this.input.setAttribute("aria-expanded", "true");
      window.addEventListener("scroll", this.follow, true);
      window.addEventListener("resize", this.follow);
    }
    if (this.query.length < this.source.least)
      this.say(
        `Type at least ${this.source.least} ${this.source.least === 1 ? "character" : "characters"} to search.`,
      );
    else if (this.source.wait > 0) {
      if (this.shown.length === 0) this.say("Searching…");
      this.ask();
    } else this.load();
  }

  close() {
    if (!this.isOpen) return;
    this.asked += 1;
    this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    window.removeEventListener("scroll", this.follow, true);
    window.removeEventListener("resize", this.follow);
    this.shown = [];
    this.at = -1;
    this.draw();
  }

  async load() {
    this.asked += 1;
    const turn = this.asked;
    try {
      const groups = await this.source.load(this.query);
      if (turn === this.asked && this.isOpen) this.show(groups);
    } catch (error) {
      if (turn === this.asked && this.isOpen) this.say(error.message);
    }
  }

  say(words) {
    this.shown = [];
    this.at = -1;
    this.list.replaceChildren(h("div", { class: "options-note", role: "status" }, words));
    this.follow();
  }

  show(groups) {
    this.shown = [];
    const nodes = groups.map((group) => {
      const options = group.options.map((option) => this.row(option));
      if (!group.label) return options;
      const id = uid("group");
      return h(
        "div",
        { role: "group", "aria-labelledby": id },
        h("div", { class: "options-group", id }, group.label),
        options,
      );
    });
    if (this.shown.length === 0) return this.say("Nothing found.");
    this.list.replaceChildren(...nodes.flat());
    const current = this.shown.findIndex(({ option }) => this.isChosen(option));
    // While one ticks several, the row last ticked stays the one the arrows start from.
    this.highlight(
      this.many && this.at >= 0 ? Math.min(this.at, this.shown.length - 1) : Math.max(0, current),
    );
    this.follow();
    return undefined;
  }

  isChosen(option) {
    return this.chosen.some((one) => one.value === option.value);
  }

  row(option) {
    const index = this.shown.length;
    const node = h(
      "div",
      {
        class: "option",
        id: uid("option"),
        role: "option",
        "aria-selected": this.isChosen(option) ? "true" : "false",
        onclick: () => this.pick(option),
        onmousemove: () => this.highlight(index),
      },
      option.person ? avatar(option.person, "tiny") : null,
      h(
        "span",
        { class: "option-words" },
        h("span", {}, option.label),
        option.note ? h("span", { class: "quiet" }, option.note) : null,
      ),
      this.isChosen(option) ? icon("check") : null,
    );
    this.shown.push({ option, node });
    return node;
  }

  highlight(index) {
    this.shown[this.at]?.node.classList.remove("active");
    this.at = index;
    const row = this.shown[index];
    if (!row) return;
    row.node.classList.add("active");
    row.node.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.node.id);
  }

  key(event) {
    if (event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else if (this.shown.length > 0)
        this.highlight((this.at + moves[event.key] + this.shown.length) % this.shown.length);
    } else if (event.key === "Enter" && this.isOpen) {
      event.preventDefault();
      if (this.shown[this.at]) this.pick(this.shown[this.at].option);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.many && this.input.value === "" && this.chosen.length > 0) {
      this.change(this.chosen.slice(0, -1));
    } else if (event.key === "Tab") this.close();
  }

  async pick(option) {
    const most = this.el.max_selected_items;
    if (!this.many) {
      this.close();
      return this.change([option]);
    }
    if (this.isChosen(option)) return this.change(this.chosen.filter((one) => one.value !== option.value));
    if (most && this.chosen.length >= most) return this.say(`At most ${most} can be chosen.`);
    return this.change([...this.chosen, option]);
  }

  async change(options) {
    if (!(await confirmed(this.el.confirm))) return this.draw();
    this.chosen = options;
    this.draw();
    if (this.isOpen) this.open();
    const raw = options.map((option) => option.raw);
    return report(this.root, this.el, this.it, this.many ? raw : (raw[0] ?? null));
  }
}
