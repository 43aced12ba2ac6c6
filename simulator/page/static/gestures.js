/** What every control does while its gesture is under way, and when it failed. */

import { h } from "./dom.js";
import { icon, spinner } from "./icons.js";
import { toast } from "./notices.js";

/** The key by which focus finds an element again after its surface was drawn anew. */
export function keyOf(el, it) {
  return `${it.blockId}/${el.action_id}${el.type === "button" ? `/${el.value ?? ""}` : ""}`;
}

/** Shows a control as working while `run` is under way; a failure stays beside it until the next try. */
export async function busy(control, run) {
  control.parentElement?.querySelector(":scope > .dispatch-error")?.remove();
  control.setAttribute("aria-busy", "true");
  const ring = spinner();
  if (control.matches("button")) control.append(ring);
  try {
    const answer = await run();
    if (answer.error) failed(control, answer.error);
    return answer;
  } finally {
    ring.remove();
    control.removeAttribute("aria-busy");
  }
}

/** Slack shows a small triangle beside the control; here it says in words what happened. */
export function failed(control, error) {
  const words = explain(error);
  if (control.isConnected)
    control.after(h("span", { class: "dispatch-error", role: "alert", title: error }, icon("warn"), words));
  else toast(words, "bad");
}

/** Slack's word for a failed gesture, in a sentence. */
export function explain(error) {
  if (error === "operation_timeout") return "The app did not answer in time (operation_timeout). Try again.";
  if (error === "dispatch_failed") return "The app could not be reached (dispatch_failed). Try again.";
  return error;
}
