/** Puts the window together and keeps each part in step with what changed. */

import { address, go, readAddress } from "./addresses.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversations.js";
import { useNames } from "./dialogs.js";
import { h, swap } from "./dom.js";
import { guide } from "./guides.js";
import { drawBanner, drawHeader } from "./headers.js";
import { drawHome } from "./homes.js";
import { icon } from "./icons.js";
import { connect, look, markRead } from "./live.js";
import { drawModals } from "./modals.js";
import { deliver } from "./sending.js";
import { drawSidebar } from "./sidebar.js";
import { currentChannel, currentPlace, onChange, state } from "./store.js";

const part = (id) => document.getElementById(id);
const sidebar = part("sidebar");
const main = part("main");
const thread = part("thread");

const composer = new Composer({
  label: "Message",
  onSend: (text) => {
    feed.stuck = true;
    deliver(text, { channel: state.look.channel, thread: null, where: feed.where });
  },
});
const feed = new Conversation({
  label: "Messages",
  empty: () => guide(composer),
  onSeen: (ts) => seen(state.look.channel, ts),
});
const replyComposer = new Composer({
  label: "Reply",
  refuse: (text) =>
    text.startsWith("/")
      ? `Slash commands do not work in threads. Mention @${state.bot?.name ?? "the app"} instead.`
      : null,
  onSend: (text) => {
    replies.stuck = true;
    deliver(text, { channel: state.look.channel, thread: state.look.thread, where: replies.where });
  },
});
const replies = new Conversation({
  label: "Thread",
  inThread: true,
  empty: () => h("p", {}, "This thread is no longer here."),
});
const threadHead = h("header", { class: "bar" });
part("feed").append(feed.root, composer.root);
thread.append(threadHead, replies.root, replyComposer.root);

const marks = new Map();

function seen(channel, ts) {
  const key = `${state.me.id}|${channel}`;
  if (!channel || (marks.get(key) ?? "") >= ts) return;
  marks.set(key, ts);
  markRead(channel, ts);
}

function draw(changed) {
  const any = (...sections) => sections.some((section) => changed.has(section));
  if (any("online", "connection", "bot", "look", "team")) drawBanner(part("banner"));
  if (!state.ready) return;
  if (any("names")) useNames(state.names);
  if (any("look", "me")) settle();
  if (any("look", "names", "team", "badges", "unread")) drawSidebar(sidebar);
  if (any("look", "names", "badges", "unread"))
    drawHeader(part("header"), { openDrawer: () => drawer(true) });
  if (any("look", "names", "feed", "pending", "hints")) drawFeed();
  if (any("look", "names", "thread", "pending")) drawThread();
  if (any("look", "names", "home")) drawHome(part("home"));
  if (any("look", "names", "modals")) drawModals();
}

/** Writes the place that the workspace resolved into the address and the window's title. */
function settle() {
  const { me, look: place } = state;
  const name = place.place === "channel" ? (currentChannel()?.name ?? null) : `@${place.place}`;
  state.route = { user: me.name, channel: name, thread: place.thread };
  const wanted = address({ thread: place.thread });
  if (location.hash !== wanted) history.replaceState(null, "", wanted);
  const shown =
    place.place === "channel" ? `#${name ?? ""}` : place.place === "home" ? "Home" : (state.bot?.label ?? "");
  document.title = `${shown} · ${me.label} · ${state.team.name}`;
}

function drawFeed() {
  const place = currentPlace();
  part("feed").hidden = place === "home";
  if (place === "home") return;
  const channel = currentChannel();
  const title = place === "app" ? state.bot.label : `#${channel?.name ?? ""}`;
  const where = `${state.me.id}|${state.look.channel}`;
  const { count = 0, read = null } = state.unread[state.look.channel] ?? {};
  feed.show(state.feed, where, { label: `Messages in ${title}`, readUpTo: count > 0 ? read : null });
  composer.turnTo(where, `Message ${title}`, refusal(place, channel));
}

function refusal(place, channel) {
  if (place === "app") return null;
  if (!channel) return "Nowhere to write";
  return channel.archived ? `#${channel.name} is archived` : null;
}

function drawThread() {
  const { thread: ts, channel } = state.look;
  const was = thread.hidden;
  thread.hidden = !ts;
  document.body.classList.toggle("has-thread", Boolean(ts));
  if (!ts) return;
  const title = currentPlace() === "app" ? state.bot.label : `#${currentChannel()?.name ?? ""}`;
  const where = `${state.me.id}|${channel}|${ts}`;
  swap(
    threadHead,
    h(
      "div",
      { class: "title-words" },
      h("h2", { class: "title" }, "Thread"),
      h("span", { class: "topic" }, title),
    ),
    h(
      "button",
      {
        type: "button",
        class: "bare",
        "aria-label": "Close thread",
        "data-key": "thread-close",
        onclick: () => closeThread(ts),
      },
      icon("close"),
    ),
  );
  replies.show(state.thread, where, { label: `Thread in ${title}` });
  replyComposer.turnTo(where, "Reply in thread", refusal(currentPlace(), currentChannel()));
  if (was && matchMedia("(min-width: 761px)").matches && document.activeElement?.closest("dialog") === null)
    replyComposer.field.focus({ preventScroll: true });
}

function closeThread(ts) {
  go({ thread: null });
  requestAnimationFrame(() =>
    (document.querySelector(`[data-key="thread-${CSS.escape(ts)}"]`) ?? composer.field).focus({
      preventScroll: true,
    }),
  );
}

function drawer(open) {
  document.body.classList.toggle("drawer-open", open);
  main.inert = open;
  thread.inert = open;
  if (open) sidebar.querySelector("[data-key=drawer-close]")?.focus();
  else part("header").querySelector(".menu-button")?.focus({ preventScroll: true });
}

sidebar.addEventListener("dismiss", () => drawer(false));
sidebar.addEventListener("click", (event) => {
  if (event.target.closest("a") && document.body.classList.contains("drawer-open")) drawer(false);
});
part("veil").addEventListener("click", () => drawer(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("drawer-open")) drawer(false);
  else if (state.look?.thread) closeThread(state.look.thread);
});
document.addEventListener("visibilitychange", () => feed.seen());
part("skip").addEventListener("click", (event) => {
  event.preventDefault();
  composer.field.focus();
});
window.addEventListener("hashchange", () => {
  const route = readAddress();
  if (JSON.stringify(route) === JSON.stringify(state.route)) return;
  state.route = route;
  look();
});

onChange(draw);
state.route = readAddress();
connect();
