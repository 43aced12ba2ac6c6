/** The stack of modals: the top one is shown, filled in, submitted, closed. */

import { renderBlocks } from "./blocks.js";
import { h, swap, uid } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { explain } from "./gestures.js";
import { avatar, icon, spinner } from "./icons.js";
import { act } from "./live.js";
import { state } from "./store.js";
import { collect, forget, surface } from "./surfaces.js";

let shown = null; // the dialog that is open, with what it shows

/** Brings the dialog in step with the stack of the person looking. */
export function drawModals() {
  const view = state.modals.at(-1) ?? null;
  if (view === null) return shut();
  if (shown?.owner !== state.me.id) shut();
  if (shown === null) open();
  const stamp = `${view.id}|${view.hash}|${state.modals.length}|${state.namesVersion}`;
  if (shown.stamp === stamp) return undefined;
  const fresh = shown.view?.id !== view.id;
  if (shown.view && !state.modals.some((one) => one.id === shown.view.id)) forget(keyOf(shown.view));
  Object.assign(shown, { stamp, view, errors: {}, problem: null, busy: false });
  draw({ fresh });
  return undefined;
}

const keyOf = (view) => `view|${view.id}`;

function open() {
  const title = uid("modal");
  const dialog = h("dialog", { class: "modal", "aria-labelledby": title });
  shown = {
    dialog,
    title,
    owner: state.me.id,
    view: null,
    stamp: "",
    errors: {},
    problem: null,
    busy: false,
  };
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      leave(false);
    }
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  });
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    leave(false);
  });
  document.getElementById("dialogs").append(dialog);
  dialog.showModal();
}

function shut() {
  if (shown === null) return undefined;
  if (shown.view) forget(keyOf(shown.view));
  const { dialog } = shown;
  shown = null;
  dialog.close();
  dialog.remove();
  refocus();
  return undefined;
}

/** Chromium gives the focus back while the page is still inert, and then takes no typing there. */
function refocus() {
  const back = document.activeElement;
  if (!back || back === document.body || back.closest("dialog")) return;
  back.blur();
  back.focus({ preventScroll: true });
}

function draw({ fresh = false } = {}) {
  const { dialog, title, view, errors, problem, busy } = shown;
  const it = surface({
    key: keyOf(view),
    place: { kind: "view", view: view.id },
    names: state.names,
    files: view.files,
    state: view.state,
    errors,
  });
  const nested = state.modals.length > 1;
  const scroll = fresh ? 0 : (dialog.querySelector(".modal-body")?.scrollTop ?? 0);
  swap(
    dialog,
    h(
      "form",
      {
        class: "modal-form",
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          submit();
        },
      },
      h(
        "header",
        { class: "modal-head" },
        nested
          ? h(
              "button",
              {
                type: "button",
                class: "bare",
                "aria-label": "Back",
                "data-key": "modal-back",
                onclick: () => leave(false),
              },
              icon("back"),
            )
          : avatar(state.bot, "small"),
        h("h2", { id: title, tabindex: -1 }, withEmoji(view.title)),
        h(
          "button",
          {
            type: "button",
            class: "bare",
            "aria-label": "Close",
            "data-key": "modal-close",
            onclick: () => leave(true),
          },
          icon("close"),
        ),
      ),
      problem ? h("p", { class: "modal-problem", role: "alert" }, icon("warn"), problem) : null,
      h("div", { class: "modal-body" }, renderBlocks(view.blocks, it)),
      h(
        "footer",
        { class: "dialog-foot" },
        h(
          "button",
          { type: "button", class: "button", "data-key": "modal-cancel", onclick: () => leave(false) },
          withEmoji(view.close_text || (view.submit_text ? "Cancel" : "Close")),
        ),
        view.submit_text
          ? h(
              "button",
              {
                type: "submit",
                class: "button button-primary",
                "data-key": "modal-submit",
                "aria-busy": busy ? "true" : null,
                disabled: busy,
              },
              h("span", { class: "button-text" }, withEmoji(view.submit_text)),
              busy ? spinner() : null,
            )
          : null,
      ),
      h("div", { class: "toasts" }),
    ),
  );
  dialog.querySelector(".modal-body").scrollTop = scroll;
  if (fresh) firstFocus(dialog);
}

const CONTROLS = "input:not([type=hidden]),textarea,select";

function firstFocus(dialog) {
  (
    dialog.querySelector(`.modal-body :is(${CONTROLS})`) ??
    dialog.querySelector(".button-primary") ??
    dialog.querySelector("h2")
  ).focus({ preventScroll: true });
}

async function submit() {
  if (shown === null || shown.busy || !shown.view.submit_text) return;
  const mine = shown;
  const { view } = mine;
  document.activeElement?.blur?.(); // so that a field being typed in reports its change first
  const it = surface({ key: keyOf(view), place: {}, names: state.names, state: view.state });
  const values = collect(it, view.blocks);
  Object.assign(mine, { busy: true, errors: {}, problem: null });
  draw();
  const answer = await act({ do: "submit", view: view.id, values });
  if (shown !== mine || mine.view.id !== view.id || mine.view.hash !== view.hash) return;
  const errors = answer.errors ?? {};
  const failed = answer.error || Object.keys(errors).length > 0;
  Object.assign(mine, { busy: !failed, errors, problem: answer.error ? explain(answer.error) : null });
  if (failed) draw();
  if (failed) mine.dialog.querySelector(`.has-error :is(${CONTROLS})`)?.focus();
}

async function leave(everything) {
  if (shown === null || shown.leaving) return;
  const mine = shown;
  mine.leaving = true;
  const answer = await act({ do: "close", view: mine.view.id, clear: everything && state.modals.length > 1 });
  mine.leaving = false;
  if (!answer.error || shown !== mine) return;
  mine.problem = explain(answer.error);
  draw();
}
