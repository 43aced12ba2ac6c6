/** The bar above a conversation, and the banner that says when somebody is not connected. */

import { address } from "./addresses.js";
import { h, swap } from "./dom.js";
import { avatar, icon, spinner } from "./icons.js";
import { APP, HOME, currentChannel, currentPlace, state } from "./store.js";

/** Draws the bar: where one is, who is in it, and on a phone the way to the navigation. */
export function drawHeader(root, { openDrawer }) {
  if (!state.me) return;
  const menu = h(
    "button",
    {
      type: "button",
      class: "bare menu-button",
      "aria-label": "Open navigation",
      "aria-controls": "sidebar",
      "data-key": "menu",
      onclick: openDrawer,
    },
    icon("menu"),
    waitingElsewhere()
      ? h("span", { class: "dot" }, h("span", { class: "voice-only" }, "Something is unread"))
      : null,
  );
  swap(root, menu, currentPlace() === "channel" ? channelTitle(currentChannel()) : appTitle());
}

function waitingElsewhere() {
  const unread = Object.entries(state.unread).some(
    ([id, { count, mentions }]) =>
      id !== state.look?.channel && (mentions > 0 || (id === state.dm && count > 0)),
  );
  return unread || Object.entries(state.badges).some(([id, count]) => id !== state.me.id && count > 0);
}

function channelTitle(channel) {
  if (!channel) return h("h1", { class: "title" }, "No channel");
  const members = channel.members.map((id) => state.names.people.get(id)).filter(Boolean);
  return [
    h(
      "div",
      { class: "title-words" },
      h("h1", { class: "title" }, icon(channel.private ? "lock" : "hash"), channel.name),
      channel.topic ? h("span", { class: "topic", title: channel.topic }, channel.topic) : null,
    ),
    h(
      "div",
      { class: "members", title: members.map((one) => one.label).join(", ") },
      members.slice(0, 4).map((one) => avatar(one, "small")),
      h("span", { class: "quiet" }, String(members.length), h("span", { class: "voice-only" }, " members")),
    ),
  ];
}

function appTitle() {
  const place = currentPlace();
  const tab = (where, target, words) =>
    h(
      "a",
      {
        class: "tab",
        href: address({ channel: target }),
        "aria-current": place === where ? "page" : null,
        "data-key": `tab-${where}`,
      },
      words,
    );
  return [
    h(
      "div",
      { class: "title-words" },
      h(
        "h1",
        { class: "title" },
        avatar(state.bot, "small"),
        state.bot.label,
        h("span", { class: "badge" }, "App"),
      ),
    ),
    h(
      "nav",
      { class: "tabs", "aria-label": "App pages" },
      tab("home", HOME, "Home"),
      tab("app", APP, "Messages"),
    ),
  ];
}

/** One sentence when the page or the bot has lost its connection; nothing otherwise. */
export function drawBanner(root) {
  const words = !state.online
    ? state.ready
      ? "The workspace is out of reach. Trying again…"
      : "Connecting to the workspace…"
    : state.ready && state.connection.sockets === 0
      ? `${state.bot?.label ?? "The app"} is not connected. Commands and clicks will fail until it is back.`
      : null;
  root.hidden = words === null;
  if (root.dataset.words === (words ?? "")) return;
  root.dataset.words = words ?? "";
  root.className = state.online ? "banner warn" : "banner";
  swap(root, words === null ? null : [state.online ? icon("plug") : spinner(), h("span", {}, words)]);
}
