/** What this window knows: the last snapshot of the workspace, where it looks, what is under way. */

import { directory } from "./mentions.js";

export const state = {
  turn: 0, // number of the current look; patches of an earlier one are stale
  route: { user: null, channel: null, thread: null }, // as written in the address
  look: null, // as the workspace resolved it: ids
  online: false, // the live connection to the workspace
  ready: false,
  team: { name: "" },
  me: null,
  bot: null,
  people: [],
  channels: [],
  groups: [],
  commands: [],
  hints: [],
  badges: {}, // person id -> how much waits for them
  unread: {}, // conversation id -> {count, mentions, read}
  connection: { sockets: 0 },
  feed: { order: [], messages: new Map() },
  thread: { order: [], messages: new Map() },
  modals: [],
  home: null,
  pending: [], // lines on their way, and those that failed
  names: null,
  namesVersion: 0,
};

const listeners = [];

/** Calls `run(changed: Set of section names)` after every change. */
export function onChange(run) {
  listeners.push(run);
}

/** Says that something of this window's own state changed. */
export function changed(...sections) {
  const set = new Set(sections);
  for (const run of listeners) run(set);
}

const DIRECTORY = ["me", "bot", "people", "channels", "groups"];

/** Takes a patch from the workspace in; one that belongs to an earlier look is dropped. */
export function apply(patch) {
  if (patch.turn !== state.turn) return;
  const sections = new Set(Object.keys(patch.sections));
  Object.assign(state, patch.sections);
  if (patch.fresh) {
    state.look = patch.look;
    sections.add("look");
  }
  for (const part of ["feed", "thread"]) {
    if (!patch[part]) continue;
    if (patch.fresh) state[part].messages.clear();
    merge(state[part], patch[part]);
    sections.add(part);
  }
  if (DIRECTORY.some((part) => sections.has(part))) {
    state.names = directory(state);
    state.namesVersion += 1;
    sections.add("names");
  }
  state.ready = true;
  changed(...sections);
}

function merge(list, patch) {
  for (const [key, message] of Object.entries(patch.changed)) list.messages.set(key, message);
  list.order = patch.order;
  const present = new Set(patch.order);
  for (const key of list.messages.keys()) if (!present.has(key)) list.messages.delete(key);
}

/** The channel looked at, or null on the app's own pages. */
export function currentChannel() {
  return state.channels.find((channel) => channel.id === state.look?.channel) ?? null;
}

export const APP = "@app"; // the conversation with the bot
export const HOME = "@home"; // the bot's Home tab

/** Where the window is: "channel", "app" (messages with the bot) or "home". */
export function currentPlace() {
  return state.look?.place ?? "channel";
}
