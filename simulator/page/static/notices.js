/** Short notices at the foot of the window, and words only for screen readers. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** A sentence that goes by itself; `tone` is "" or "bad". */
export function toast(words, tone = "") {
  const stack =
    document.querySelector("dialog[open]:last-of-type .toasts") ?? document.getElementById("toasts");
  const shown = h(
    "div",
    { class: `toast ${tone}`.trim(), role: tone === "bad" ? "alert" : "status" },
    tone === "bad" ? icon("warn") : null,
    h("span", {}, words),
    h(
      "button",
      { type: "button", class: "bare", "aria-label": "Dismiss", onclick: () => shown.remove() },
      icon("close"),
    ),
  );
  stack.append(shown);
  setTimeout(() => shown.remove(), tone === "bad" ? 12000 : 6000);
}

/** Says something to screen readers only. */
export function announce(words) {
  const voice = document.getElementById("voice");
  voice.textContent = "";
  requestAnimationFrame(() => {
    voice.textContent = words;
  });
}
