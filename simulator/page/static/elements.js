/** Block Kit's interactive elements: buttons and overflow menus here, the rest in fields and pickers. */

import { confirmed } from "./dialogs.js";
import { h, place, safeUrl, uid } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { fileInput } from "./uploads.js";
import { checkboxes, dateField, dateTimeField, radios, textField, timeField } from "./fields.js";
import { picture } from "./files.js";
import { busy, keyOf } from "./gestures.js";
import { icon } from "./icons.js";
import { select } from "./selects.js";

const KINDS = {
  button,
  icon_button: button,
  workflow_button: button,
  overflow,
  image: (el, it) => picture(el, it, "thumb"),
  static_select: select,
  external_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  multi_static_select: select,
  multi_external_select: select,
  multi_users_select: select,
  multi_conversations_select: select,
  multi_channels_select: select,
  plain_text_input: textField,
  number_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  rich_text_input: textField,
  datepicker: dateField,
  timepicker: timeField,
  datetimepicker: dateTimeField,
  checkboxes,
  radio_buttons: radios,
  file_input: fileInput,
};

/** The control for one element. `it` is the surface plus blockId, label and what input blocks add. */
export function element(el, it) {
  const kind = Object.hasOwn(KINDS, el.type) ? KINDS[el.type] : null;
  return kind === null ? h("span", { class: "unknown" }, `“${el.type}” is not shown here`) : kind(el, it);
}

function button(el, it) {
  if (el.visible_to_user_ids?.length > 0 && !el.visible_to_user_ids.includes(it.names.me.id)) return null;
  const style = ["primary", "danger"].includes(el.style) ? ` button-${el.style}` : "";
  const shown = h("span", { class: "button-text" }, el.text ? withEmoji(el.text.text) : (el.icon ?? ""));
  const href = el.url ? safeUrl(el.url) : null;
  const control = h(
    "button",
    {
      type: "button",
      class: `button${style}`,
      "aria-label": el.accessibility_label ?? null,
      "data-key": keyOf(el, it),
      onclick: () => press(),
    },
    shown,
    href ? icon("link", "after") : null,
  );
  const press = async () => {
    if (control.getAttribute("aria-busy") === "true" || !(await confirmed(el.confirm))) return;
    if (href) window.open(href, "_blank", "noopener,noreferrer");
    await busy(control, () => it.click(it.blockId, el, el.value ?? null));
  };
  return control;
}

function overflow(el, it) {
  const menuId = uid("menu");
  const menu = h("div", {
    class: "menu",
    id: menuId,
    role: "menu",
    popover: "manual",
    "aria-label": "More actions",
  });
  const opener = h(
    "button",
    {
      type: "button",
      class: "button button-icon",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-key": keyOf(el, it),
      onclick: () => (menu.matches(":popover-open") ? close() : open()),
    },
    icon("more"),
  );
  const close = () => {
    if (menu.matches(":popover-open")) menu.hidePopover();
    opener.setAttribute("aria-expanded", "false");
  };
  const open = () => {
    menu.showPopover();
    place(menu, opener, { align: "end" });
    opener.setAttribute("aria-expanded", "true");
    menu.querySelector("[role=menuitem]")?.focus();
  };
  const pick = async (option) => {
    close();
    opener.focus();
    const href = option.url ? safeUrl(option.url) : null;
    if (!(await confirmed(el.confirm))) return;
    if (href) window.open(href, "_blank", "noopener,noreferrer");
    await busy(opener, () => it.choose(it.blockId, el, option.value));
  };
  menu.append(
    ...(el.options ?? []).map((option) =>
      h(
        "button",
        { type: "button", role: "menuitem", tabIndex: -1, class: "menu-item", onclick: () => pick(option) },
        withEmoji(option.text.text),
        option.description ? h("span", { class: "quiet" }, option.description.text) : null,
      ),
    ),
  );
  menu.addEventListener("keydown", (event) => menuKeys(event, menu, close, opener));
  const holder = h("span", { class: "overflow" }, opener, menu);
  holder.addEventListener("focusout", (event) => {
    if (!holder.contains(event.relatedTarget)) close();
  });
  return holder;
}

function menuKeys(event, menu, close, opener) {
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
    opener.focus();
  } else if (event.key in moves) {
    event.preventDefault();
    items.at(moves[event.key] % items.length).focus();
  }
}
