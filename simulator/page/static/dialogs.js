/** "Are you sure?" dialogs of Block Kit's confirm object. */

import { h, uid } from "./dom.js";
import { textObject } from "./mrkdwn.js";

let names = { me: { locale: "en-US", tz: "UTC" }, people: new Map(), channels: new Map(), groups: new Map() };

/** The directory that mentions in a confirm text are looked up in. */
export function useNames(directory) {
  names = directory;
}

/** True when there is nothing to confirm, or the person confirmed. */
export function confirmed(object) {
  if (!object) return Promise.resolve(true);
  return new Promise((resolve) => {
    const title = uid("confirm");
    const tone = object.style === "danger" ? "button-danger" : "button-primary";
    const yes = h(
      "button",
      { type: "button", class: `button ${tone}`, onclick: () => done(true) },
      object.confirm?.text ?? "Yes",
    );
    const no = h(
      "button",
      { type: "button", class: "button", onclick: () => done(false) },
      object.deny?.text ?? "No",
    );
    const dialog = h(
      "dialog",
      {
        class: "confirm",
        "aria-labelledby": title,
        "aria-describedby": `${title}-text`,
        role: "alertdialog",
      },
      h("h2", { id: title }, textObject(object.title, names)),
      h("div", { class: "text", id: `${title}-text` }, textObject(object.text, names)),
      h("div", { class: "dialog-foot" }, no, yes),
    );
    const before = document.activeElement;
    let answer = false;
    const done = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(answer);
    });
    document.getElementById("dialogs").append(dialog);
    dialog.showModal();
    (object.style === "danger" ? no : yes).focus();
  });
}
