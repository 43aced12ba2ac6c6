/** Fields one types or ticks: text, numbers, addresses, dates, times, checkboxes, radio buttons. */

import { fromLocalInput, localInput } from "./dates.js";
import { confirmed } from "./dialogs.js";
import { debounce, h, uid } from "./dom.js";
import { busy, keyOf } from "./gestures.js";
import { textObject } from "./mrkdwn.js";
import { initialValue, plainValue } from "./surfaces.js";

/** The attributes every field shares: its name, its hint, its error. */
export function naming(el, it) {
  return {
    id: it.controlId ?? null,
    "aria-label": it.controlId ? null : it.label || el.placeholder?.text || "Value",
    "aria-describedby": it.describedBy ?? null,
    "aria-invalid": it.invalid ? "true" : null,
    "aria-required": it.inInput && it.required ? "true" : null,
    "data-key": keyOf(el, it),
  };
}

/** Tells the workspace a new value; errors show beside the control. */
export async function report(control, el, it, value) {
  it.keep(it.blockId, el, value);
  await busy(control, () => it.choose(it.blockId, el, value));
}

const MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };

export function textField(el, it) {
  const tag = el.multiline || el.type === "rich_text_input" ? "textarea" : "input";
  const start = it.value(it.blockId, el, initialValue(el)) ?? "";
  const field = h(tag, {
    ...naming(el, it),
    class: "field-box",
    value: String(start),
    placeholder: el.placeholder?.text ?? "",
    autocomplete: "off",
    maxlength: el.max_length ?? null,
    type: tag === "input" ? "text" : null,
    inputmode: MODES[el.type] ?? null,
    rows: tag === "textarea" ? 4 : null,
    spellcheck: el.type in MODES ? "false" : null,
    "data-1p-ignore": true,
  });
  const when = it.dispatches ? (el.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]) : [];
  const send = () => report(field, el, it, field.value);
  const soon = debounce(send, 300);
  field.addEventListener("input", () => {
    it.keep(it.blockId, el, field.value);
    if (when.includes("on_character_entered")) soon();
  });
  if (!it.dispatches) field.addEventListener("change", send);
  if (when.includes("on_enter_pressed")) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || (tag === "textarea" && event.shiftKey)) return;
      event.preventDefault();
      send();
    });
  }
  const counter = el.max_length ? remaining(field, el.max_length) : null;
  return h("div", { class: "field-wrap" }, field, counter);
}

function remaining(field, most) {
  const shown = h("span", { class: "counter", "aria-hidden": "true" });
  const count = () => {
    shown.textContent =
      most - field.value.length <= Math.max(20, most * 0.1) ? String(most - field.value.length) : "";
  };
  field.addEventListener("input", count);
  count();
  return shown;
}

/** A native field whose value is sent when it changes; `read` and `show` translate it. */
function nativeField(
  el,
  it,
  type,
  { show = (value) => value ?? "", read = (value) => value || null, note = null } = {},
) {
  const start = it.value(it.blockId, el, initialValue(el));
  const field = h("input", { ...naming(el, it), type, class: "field-box native", value: show(start) });
  field.addEventListener("change", async () => {
    if (await confirmed(el.confirm)) await report(field, el, it, read(field.value));
    else field.value = show(it.value(it.blockId, el, initialValue(el)));
  });
  return h("div", { class: "field-wrap" }, field, note);
}

export function dateField(el, it) {
  return nativeField(el, it, "date");
}

export function timeField(el, it) {
  const note = el.timezone ? h("span", { class: "hint" }, `Time in ${el.timezone}`) : null;
  return nativeField(el, it, "time", { note });
}

export function dateTimeField(el, it) {
  const { me } = it.names;
  return nativeField(el, it, "datetime-local", {
    show: (value) => (value ? localInput(Number(value), me) : ""),
    read: (value) => fromLocalInput(value, me),
    note: h("span", { class: "hint" }, `Your time zone, ${me.tz}`),
  });
}

export function checkboxes(el, it) {
  const chosen = new Set((it.value(it.blockId, el, initialValue(el)) ?? []).map(plainValue));
  return choices(
    el,
    it,
    "checkbox",
    (option) => chosen.has(option.value),
    (box, option) => {
      if (box.checked) chosen.add(option.value);
      else chosen.delete(option.value);
      return el.options.filter((one) => chosen.has(one.value));
    },
  );
}

export function radios(el, it) {
  const chosen = plainValue(it.value(it.blockId, el, initialValue(el)) ?? null);
  return choices(
    el,
    it,
    "radio",
    (option) => option.value === chosen,
    (_, option) => option,
  );
}

function choices(el, it, type, isOn, changed) {
  const name = uid("choice");
  const list = h("div", {
    class: "choices",
    role: type === "radio" ? "radiogroup" : "group",
    "aria-labelledby": it.labelledBy ?? null,
    "aria-label": it.labelledBy ? null : it.label || "Options",
    "aria-describedby": it.describedBy ?? null,
    "aria-invalid": it.invalid ? "true" : null,
    "aria-required": type === "radio" && it.required && it.inInput ? "true" : null,
  });
  let ticked = new Set((el.options ?? []).filter(isOn).map((option) => option.value));
  for (const option of el.options ?? []) {
    const box = h("input", {
      type,
      name,
      value: option.value,
      checked: isOn(option),
      "data-key": `${keyOf(el, it)}/${option.value}`,
    });
    box.addEventListener("change", async () => {
      const boxes = [...list.querySelectorAll("input")];
      if (!(await confirmed(el.confirm))) {
        for (const one of boxes) one.checked = ticked.has(one.value);
        return;
      }
      ticked = new Set(boxes.filter((one) => one.checked).map((one) => one.value));
      await report(list, el, it, changed(box, option));
    });
    const words = h(
      "span",
      { class: "choice-words" },
      h("span", {}, textObject(option.text, it.names)),
      option.description ? h("span", { class: "quiet" }, textObject(option.description, it.names)) : null,
    );
    list.append(h("label", { class: "choice" }, box, words));
  }
  return list;
}
