/** What an empty conversation teaches: the workspace's hints, or how to begin. */

import { h } from "./dom.js";
import { avatar, icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { currentChannel, currentPlace, state } from "./store.js";

/** Nodes for an empty channel or DM; a hint with `code` in it can be put into the composer. */
export function guide(composer) {
  if (!state.me) return null;
  const head = currentPlace() === "app" ? appHead() : channelHead(currentChannel());
  const hints =
    state.hints.length > 0
      ? h(
          "div",
          { class: "guide" },
          h("h3", {}, "Things to try"),
          h(
            "ol",
            {},
            state.hints.map((hint) => h("li", {}, hintRow(hint, composer))),
          ),
        )
      : null;
  return [head, hints];
}

function appHead() {
  return [
    avatar(state.bot, "large"),
    h("h2", {}, state.bot.label),
    h("p", {}, "Messages between you and the app. Nobody else reads them."),
  ];
}

function channelHead(channel) {
  if (!channel)
    return [
      h("h2", {}, "No channel yet"),
      h("p", {}, `${state.me.label} has not been added to a channel. The app still reads direct messages.`),
    ];
  return [
    h("span", { class: "empty-mark", "aria-hidden": "true" }, icon(channel.private ? "lock" : "hash")),
    h("h2", {}, `#${channel.name}`),
    h("p", {}, channel.topic || "This is the very beginning of the channel."),
  ];
}

function hintRow(hint, composer) {
  const words = h("span", { class: "text" }, mrkdwn(hint, state.names));
  const line = typable(hint);
  if (line === null) return words;
  const label = `Try it: ${line}`;
  return [
    words,
    h(
      "button",
      {
        type: "button",
        class: "button button-quiet",
        "aria-label": label,
        onclick: () => composer.fill(line),
      },
      "Try it",
    ),
  ];
}

/** The part of a hint one could type: what stands in `code`, else a command or mention up to its dash. */
function typable(hint) {
  const found = /`([^`]+)`/.exec(hint) ?? /(?:^|\s)([/@][a-z][^—–]*?)(?:\s+[—–]|[.]?$)/.exec(hint);
  return found ? found[1] : null;
}
