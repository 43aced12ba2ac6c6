/** The address after #: who one is, where one looks. `#user=bo&channel=ops&thread=TS`. */

import { state } from "./store.js";

/** What the address says now. */
export function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  return { user: words.get("user"), channel: words.get("channel"), thread: words.get("thread") };
}

/** The address of another place; what is not named stays as it is. */
export function address(change) {
  const route = {
    user: state.me?.name ?? state.route.user,
    channel: state.route.channel,
    thread: null,
    ...change,
  };
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(route)) if (value) words.set(key, value);
  return `#${words}`.replaceAll("%40", "@");
}

/** Goes there; the browser's Back button comes back. */
export function go(change, { quietly = false } = {}) {
  const target = address(change);
  if (quietly) {
    history.replaceState(null, "", target);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  } else location.hash = target;
}
