/** Names behind Slack's ids: people, channels, groups. */

import { moment } from "./dates.js";
import { h } from "./dom.js";

/** The directory a renderer needs, made once for each change of the workspace. */
export function directory(state) {
  const people = new Map(state.people.map((person, index) => [person.id, { ...person, hue: index % 8 }]));
  if (state.bot) people.set(state.bot.id, state.bot);
  return {
    me: state.me,
    bot: state.bot,
    people,
    channels: new Map(state.channels.map((channel) => [channel.id, channel])),
    groups: new Map(state.groups.map((group) => [group.id, group])),
  };
}

/** The person behind an id; a stranger gets a card with the id as name. */
export function person(names, id) {
  return names.people.get(id) ?? { id: id ?? "", name: id ?? "", label: id ?? "Somebody", title: "" };
}

/** The pill for `@U…`, `#C…`, `!here`, `!subteam^S…`; null when it is none of them. */
export function mention(target, label, names) {
  if (target.startsWith("@")) return personPill(target.slice(1), label, names);
  if (target.startsWith("#")) return channelPill(target.slice(1), label, names);
  if (target.startsWith("!subteam^")) return groupPill(target.slice(9), label, names);
  const everyone = /^!(here|channel|everyone)$/.exec(target);
  return everyone
    ? h("span", { class: "pill pill-me" }, `@${everyone[1]}`)
    : h("span", { class: "pill" }, label ?? target);
}

export function personPill(id, label, names) {
  const known = names.people.get(id);
  return h(
    "span",
    {
      class: id === names.me?.id ? "pill pill-me" : "pill",
      title: known ? known.title || known.label : null,
    },
    `@${known?.label ?? label ?? id}`,
  );
}

export function channelPill(id, label, names) {
  const known = names.channels.get(id);
  const shown = `#${known?.name ?? label ?? "private-channel"}`;
  return known
    ? h(
        "a",
        { class: "pill", href: `#user=${names.me.name}&channel=${encodeURIComponent(known.name)}` },
        shown,
      )
    : h("span", { class: "pill" }, shown);
}

export function groupPill(id, label, names) {
  return h("span", { class: "pill" }, `@${names.groups.get(id)?.handle ?? label?.replace(/^@/, "") ?? id}`);
}

/** The full moment behind a shown date. */
export function clockTitle(stamp, me) {
  const seconds = Number(stamp);
  return Number.isFinite(seconds) && Math.abs(seconds) < 8e12 ? moment(seconds, me) : null;
}
