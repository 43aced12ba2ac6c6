/** The side of the window: whose chair one sits in, the channels, the app. */

import { address } from "./addresses.js";
import { h, swap } from "./dom.js";
import { avatar, icon } from "./icons.js";
import { APP, HOME, currentPlace, state } from "./store.js";

/** Draws the sidebar into `root`. */
export function drawSidebar(root) {
  const { me, team, bot } = state;
  if (!me) return;
  swap(
    root,
    h(
      "div",
      { class: "side-head" },
      h("span", { class: "team-mark", "aria-hidden": "true" }, [...team.name][0] ?? "W"),
      h(
        "span",
        { class: "team-words" },
        h("strong", {}, team.name),
        h("span", { class: "quiet" }, "Local workspace"),
      ),
      h(
        "button",
        {
          type: "button",
          class: "bare drawer-close",
          "aria-label": "Close navigation",
          "data-key": "drawer-close",
          onclick: () => root.dispatchEvent(new CustomEvent("dismiss", { bubbles: true })),
        },
        icon("close"),
      ),
    ),
    h(
      "div",
      { class: "side-scroll" },
      group(
        "You are",
        state.people.map((one) => personRow(state.names.people.get(one.id))),
        "people",
      ),
      group(
        "Channels",
        state.channels.length > 0
          ? state.channels.map(channelRow)
          : [h("li", { class: "side-none" }, `${me.label} is in no channel.`)],
      ),
      bot ? group("App", appRows(bot)) : null,
    ),
  );
}

function group(title, rows, extra = "") {
  const id = `side-${title.replaceAll(" ", "-").toLowerCase()}`;
  return h(
    "section",
    { class: `side-group ${extra}`.trim(), "aria-labelledby": id },
    h("h2", { id }, title),
    h("ul", {}, rows),
  );
}

function personRow(someone) {
  const current = someone.id === state.me.id;
  const waiting = state.badges[someone.id] ?? 0;
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: "side-person",
        href: address({ user: someone.name }),
        "aria-current": current ? "true" : null,
        "data-key": `person-${someone.id}`,
      },
      avatar(someone),
      h(
        "span",
        { class: "side-words" },
        h("span", { class: "side-name" }, someone.label),
        h(
          "span",
          { class: "quiet" },
          [someone.title, someone.stranger ? "other workspace" : ""].filter(Boolean).join(" · "),
        ),
      ),
      badge(waiting, current ? "" : `${waiting} waiting`),
    ),
  );
}

function badge(count, words) {
  if (!count || !words) return null;
  return h(
    "span",
    { class: "badge-count" },
    h("span", { "aria-hidden": "true" }, count > 99 ? "99+" : String(count)),
    h("span", { class: "voice-only" }, ` ${words}`),
  );
}

function channelRow(channel) {
  const current = currentPlace() === "channel" && state.look.channel === channel.id;
  const { count = 0, mentions = 0 } = state.unread[channel.id] ?? {};
  const mark = channel.archived ? "archive" : channel.private ? "lock" : "hash";
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: `side-row${count > 0 && !current ? " unread" : ""}`,
        href: address({ channel: channel.name }),
        "aria-current": current ? "page" : null,
        "data-key": `channel-${channel.id}`,
      },
      icon(mark),
      h("span", { class: "side-name" }, channel.name),
      count > 0 && !current ? h("span", { class: "voice-only" }, " has unread messages") : null,
      current ? null : badge(mentions, mentions === 1 ? "1 mention" : `${mentions} mentions`),
    ),
  );
}

function appRows(bot) {
  const place = currentPlace();
  const { count = 0 } = state.unread[state.dm] ?? {};
  const row = (where, name, mark, extra = null) =>
    h(
      "li",
      {},
      h(
        "a",
        {
          class: `side-row${extra ? " unread" : ""}`,
          href: address({ channel: where === "home" ? HOME : APP }),
          "aria-current": place === where ? "page" : null,
          "data-key": `app-${where}`,
        },
        mark,
        h("span", { class: "side-name" }, name),
        extra,
      ),
    );
  return [
    row(
      "app",
      bot.label,
      avatar(bot, "tiny"),
      place === "app" ? null : badge(count, count === 1 ? "1 new message" : `${count} new messages`),
    ),
    row("home", "Home", icon("home")),
  ];
}
