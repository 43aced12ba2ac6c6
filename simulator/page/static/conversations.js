/** A list of messages: days, the line of what is new, groups, and where it is scrolled to. */

import { day, dayLabel } from "./dates.js";
import { h, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { messageNode, pendingNode } from "./messages.js";
import { changed, state } from "./store.js";
import { deliver } from "./sending.js";

const FEED_LENGTH = 200; // as many as the workspace sends
const TOGETHER = 300; // seconds within which messages of one person stand together

/** A scrolling conversation. `empty` makes what an empty one shows; `onSeen(ts)` hears what was read. */
export class Conversation {
  constructor({ label, inThread = false, empty = () => null, onSeen = () => {} }) {
    Object.assign(this, { inThread, empty, onSeen, stuck: true, readUpTo: null, where: "" });
    this.list = h("div", {
      class: "messages",
      role: "log",
      "aria-live": "polite",
      "aria-relevant": "additions",
      "aria-label": label,
    });
    this.jump = h(
      "button",
      { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd(true) },
      "New messages",
      icon("chevron"),
    );
    this.scroller = h(
      "div",
      { class: "scroller", tabindex: 0, role: "region", "aria-label": label },
      this.list,
    );
    this.root = h("div", { class: "conversation" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => {
      if (this.stuck) this.toEnd();
    }).observe(this.list);
  }

  /** Shows `list` ({order, messages}); `where` names the place, so that another one starts at its end. */
  show(list, where, { label, readUpTo = null } = {}) {
    const fresh = where !== this.where;
    if (fresh) Object.assign(this, { where, readUpTo, stuck: true });
    if (label) for (const node of [this.list, this.scroller]) node.setAttribute("aria-label", label);
    const messages = list.order.map((key) => list.messages.get(key));
    const before = this.last;
    this.last = messages.at(-1)?.ts ?? null;
    reconcile(this.list, [...this.items(messages), ...this.waiting(where)]);
    this.scroller.classList.toggle("is-empty", messages.length === 0);
    if (this.stuck) this.toEnd();
    else if (this.last !== before) this.jump.hidden = false;
    this.seen();
  }

  items(messages) {
    const { me } = state.names;
    const items =
      messages.length === 0
        ? [
            {
              key: "empty",
              stamp: `${this.where}|${JSON.stringify(state.hints)}`,
              build: () => h("div", { class: "empty" }, this.empty()),
            },
          ]
        : [];
    if (messages.length >= FEED_LENGTH) items.push(divider("older", "Older messages are not shown", "day"));
    let previous = null;
    let marked = this.readUpTo === null;
    for (const message of messages) {
      const today = day(Number(message.ts), me);
      const newDay = previous === null || day(Number(previous.ts), me) !== today;
      if (newDay && !this.inThread)
        items.push(divider(`day-${today}`, dayLabel(Number(message.ts), me), "day"));
      const isNew = !marked && message.ts > this.readUpTo && message.user !== me.id && !message.ephemeral;
      if (isNew) items.push(divider("new", "New", "new"));
      marked ||= isNew;
      items.push(this.item(message, newDay || isNew || !together(previous, message)));
      if (this.inThread && previous === null && messages.length > 1)
        items.push(
          divider("replies", messages.length === 2 ? "1 reply" : `${messages.length - 1} replies`, "replies"),
        );
      previous = this.inThread && previous === null ? { ...message, user: "" } : message;
    }
    return items;
  }

  item(message, first) {
    const { names, namesVersion } = state;
    return {
      key: message.ts,
      stamp: `${namesVersion}|${first}|${names.me.id}|${JSON.stringify(message)}`,
      build: () => messageNode(message, names, { first, inThread: this.inThread }),
    };
  }

  waiting(where) {
    return state.pending
      .filter((line) => line.where === where)
      .map((line) => ({
        key: `pending-${line.id}`,
        stamp: `${line.error}`,
        build: () => pendingNode(line, state.names, { retry: () => retry(line), drop: () => drop(line) }),
      }));
  }

  toEnd(smooth = false) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.stuck = true;
    this.jump.hidden = true;
  }

  scrolled() {
    this.stuck = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 60;
    if (this.stuck) {
      this.jump.hidden = true;
      this.seen();
    }
  }

  seen() {
    if (this.last !== null && this.stuck && document.visibilityState === "visible") this.onSeen(this.last);
  }
}

function together(previous, message) {
  return (
    previous !== null &&
    previous.user === message.user &&
    previous.ephemeral === message.ephemeral &&
    previous.username === message.username &&
    message.blocks.length === 0 && // a card begins anew, or two of them would look like one
    Number(message.ts) - Number(previous.ts) < TOGETHER
  );
}

function divider(key, words, kind) {
  return {
    key,
    stamp: words,
    build: () =>
      h(
        "div",
        { class: `divider-line ${kind}`, role: "separator", "aria-label": words },
        h("span", {}, words),
      ),
  };
}

function drop(line) {
  state.pending = state.pending.filter((one) => one !== line);
  changed("pending");
}

function retry(line) {
  drop(line);
  deliver(line.text, line);
}
