/** The app's Home tab. */

import { renderBlocks } from "./blocks.js";
import { h, swap } from "./dom.js";
import { avatar } from "./icons.js";
import { act } from "./live.js";
import { HOME, currentPlace, state } from "./store.js";
import { surface } from "./surfaces.js";

let opened = "";
let drawn = "";

/** Draws the Home tab when it is what one looks at; opening it tells the bot. */
export function drawHome(root) {
  const here = currentPlace() === "home" && state.me !== null;
  root.hidden = !here;
  if (!here) {
    opened = "";
    return;
  }
  const visit = `${state.me.id}|${HOME}`;
  if (opened !== visit) {
    opened = visit;
    act({ do: "open_home" });
  }
  const stamp = `${state.me.id}|${state.namesVersion}|${state.home?.hash ?? ""}`;
  if (drawn === stamp && root.childElementCount > 0) return;
  drawn = stamp;
  const view = state.home;
  if (view === null) {
    swap(
      root,
      h(
        "div",
        { class: "home-sheet" },
        h(
          "div",
          { class: "empty" },
          avatar(state.bot, "large"),
          h("h2", {}, "Nothing here yet"),
          h("p", {}, `${state.bot.label} has not made a Home for ${state.me.label}.`),
        ),
      ),
    );
    return;
  }
  const it = surface({
    key: `home|${state.me.id}`,
    place: { kind: "home", view: view.id },
    names: state.names,
    files: view.files,
    state: view.state,
  });
  swap(root, h("div", { class: "home-sheet" }, renderBlocks(view.blocks, it)));
}
