/** Options of select menus: listed in the block, looked up by the bot, people, channels. */

import { withEmoji } from "./emoji.js";
import { person } from "./mentions.js";

/** Where the options of a select come from: {option(kept value), load(query), wait, least}. */
export function sourceOf(el, it) {
  const kind = el.type.replace("multi_", "");
  if (kind === "external_select") return external(el, it);
  if (kind === "static_select") return fixed(el);
  return {
    option: (id) => directoryOption(id, it.names),
    load: async (query) => [{ options: narrowed(directoryOptions(kind, el, it.names), query) }],
    wait: 0,
    least: 0,
  };
}

const fromSlack = (raw) => ({
  raw,
  value: raw.value,
  label: withEmoji(raw.text?.text ?? raw.value ?? ""),
  note: raw.description?.text ?? "",
});

function groupsOf(source) {
  if (source.option_groups)
    return source.option_groups.map((group) => ({
      label: group.label?.text ?? "",
      options: (group.options ?? []).map(fromSlack),
    }));
  return [{ options: (source.options ?? []).map(fromSlack) }];
}

function fixed(el) {
  const groups = groupsOf(el);
  const load = async (query) =>
    groups
      .map((group) => ({ ...group, options: narrowed(group.options, query) }))
      .filter((group) => group.options.length > 0);
  return { option: fromSlack, load, wait: 0, least: 0 };
}

function external(el, it) {
  return {
    option: fromSlack,
    load: async (query) => groupsOf(await it.suggest(it.blockId, el, query)),
    wait: 200,
    least: el.min_query_length ?? 3,
  };
}

function narrowed(options, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter((option) =>
    words.every((word) => `${option.label} ${option.note}`.toLowerCase().includes(word)),
  );
}

function directoryOption(id, names) {
  const channel = names.channels.get(id);
  if (channel) return { raw: id, value: id, label: `#${channel.name}`, note: "" };
  const someone = person(names, id);
  return { raw: id, value: id, label: someone.label, note: someone.title ?? "", person: someone };
}

function directoryOptions(kind, el, names) {
  const people = [...names.people.keys()];
  const channels = [...names.channels.values()];
  const wanted =
    kind === "users_select"
      ? people
      : kind === "channels_select"
        ? channels.filter((one) => !one.private).map((one) => one.id)
        : conversations(el.filter ?? {}, names, people, channels);
  return wanted.map((id) => directoryOption(id, names));
}

function conversations(filter, names, people, channels) {
  const kinds = filter.include ?? ["im", "public", "private"];
  const shown = people.filter(
    (id) => kinds.includes("im") && !(filter.exclude_bot_users && names.people.get(id).bot),
  );
  return [
    ...channels.filter((one) => kinds.includes(one.private ? "private" : "public")).map((one) => one.id),
    ...shown,
  ];
}
