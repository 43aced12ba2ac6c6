/** Where blocks stand (message, modal, Home): what was typed there, and how a gesture leaves from there. */

import { act, suggest } from "./live.js";

const typed = new Map(); // "surface|block|action" -> value, kept while the page lives

/**
 * The surface that elements.js works on. `place` names it to the server; `key` must stay the same
 * while the bot edits what stands there, so that typed values survive an update as they do in Slack.
 */
export function surface({ key, place, names, files = [], state = {}, errors = {} }) {
  const who = names.me.id; // also when the window has turned to somebody else in between
  return {
    key,
    place,
    names,
    files,
    errors,
    value: (blockId, el, initial) => {
      const known = typed.get(`${key}|${blockId}|${el.action_id}`);
      return known === undefined ? (fromState(state[blockId]?.[el.action_id]) ?? initial) : known;
    },
    keep: (blockId, el, value) => typed.set(`${key}|${blockId}|${el.action_id}`, value),
    click: (blockId, el, value = null) =>
      act({ who, do: "click", surface: place, block_id: blockId, action_id: el.action_id ?? "", value }),
    choose: (blockId, el, value) =>
      act({ who, do: "choose", surface: place, block_id: blockId, action_id: el.action_id ?? "", value }),
    suggest: (blockId, el, query) =>
      suggest({ ...place, block_id: blockId, action_id: el.action_id ?? "", query }),
  };
}

/** What the inputs of a view hold, by block_id, for its submission. */
export function collect(it, blocks) {
  const values = {};
  for (const block of blocks) {
    if (block.type !== "input") continue;
    const value = it.value(block.block_id, block.element, initialValue(block.element));
    if (value !== undefined && value !== null) values[block.block_id] = value;
  }
  return values;
}

/** Forgets what was typed on a surface that is gone. */
export function forget(key) {
  for (const known of typed.keys()) if (known.startsWith(`${key}|`)) typed.delete(known);
}

const STATE_KEYS = [
  "value",
  "selected_date",
  "selected_time",
  "selected_date_time",
  "selected_user",
  "selected_conversation",
  "selected_channel",
];
const STATE_LISTS = ["selected_users", "selected_conversations", "selected_channels"];

/** A value object of Slack's `state.values` as the plain value the page works with. */
function fromState(object) {
  if (!object) return undefined;
  if (object.selected_option) return object.selected_option;
  if (Array.isArray(object.selected_options)) return object.selected_options;
  for (const key of STATE_LISTS) if (Array.isArray(object[key])) return object[key];
  for (const key of STATE_KEYS) if (object[key] !== undefined && object[key] !== null) return object[key];
  return undefined;
}

const INITIAL = {
  datepicker: (el) => el.initial_date,
  timepicker: (el) => el.initial_time,
  datetimepicker: (el) => el.initial_date_time,
  static_select: (el) => el.initial_option,
  external_select: (el) => el.initial_option,
  radio_buttons: (el) => el.initial_option,
  checkboxes: (el) => el.initial_options,
  multi_static_select: (el) => el.initial_options,
  multi_external_select: (el) => el.initial_options,
  users_select: (el) => el.initial_user,
  channels_select: (el) => el.initial_channel,
  conversations_select: (el) => el.initial_conversation,
  multi_users_select: (el) => el.initial_users,
  multi_channels_select: (el) => el.initial_channels,
  multi_conversations_select: (el) => el.initial_conversations,
};

/** The value an element starts with. */
export function initialValue(el) {
  return INITIAL[el?.type]?.(el) ?? el?.initial_value ?? undefined;
}

/** A kept value made small enough to compare: options become their values. */
export function plainValue(value) {
  if (Array.isArray(value)) return value.map(plainValue);
  return value !== null && typeof value === "object" ? (value.value ?? value.id ?? "") : value;
}
