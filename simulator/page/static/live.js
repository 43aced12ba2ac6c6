/** The wire to the workspace: live patches over a WebSocket, gestures over POST. */

import { apply, changed, state } from "./store.js";

let socket = null;
let attempts = 0;
const stored = new Set(); // choices on their way; a click or a submission waits for them

/** Opens the live connection and keeps it open. */
export function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/page/live`);
  socket.addEventListener("open", () => {
    attempts = 0;
    online(true);
    look();
  });
  socket.addEventListener("message", (event) => apply(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    online(false);
    attempts += 1;
    setTimeout(connect, Math.min(3000, 150 * 2 ** attempts));
  });
}

function online(value) {
  if (state.online === value) return;
  state.online = value;
  changed("online");
}

/** Tells the workspace what this window looks at; it answers with a fresh snapshot. */
export function look() {
  state.turn += 1;
  tell({ type: "look", turn: state.turn, ...state.route });
}

/** Marks a conversation as read up to `ts`. */
export function markRead(channel, ts) {
  tell({ type: "read", channel, ts });
}

function tell(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/**
 * One gesture of the person looking. Never throws: answers {error, errors, …}, where `error` is
 * Slack's word for a gesture that did not arrive or a sentence that says why it was refused.
 */
export async function act(gesture) {
  const who = gesture.who ?? state.me.id;
  if (gesture.do !== "choose") await Promise.allSettled([...stored]);
  const sent = post("/page/act", JSON.stringify({ ...gesture, who }), "application/json");
  if (gesture.do === "choose") {
    stored.add(sent);
    sent.finally(() => stored.delete(sent));
  }
  return sent;
}

async function post(url, body, type) {
  try {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": type }, body });
    const read = await answer.json();
    return answer.ok ? read : { error: read.error ?? `The workspace answered ${answer.status}.` };
  } catch {
    return { error: "The local workspace cannot be reached. Is it still running?" };
  }
}

/** Stores a file of the person looking; {id, name, size}, or null after saying why not. */
export async function upload(file) {
  const words = new URLSearchParams({ user: state.me.id, name: file.name });
  const answer = await post(`/page/upload?${words}`, file, "application/octet-stream");
  if (!answer.error) return answer;
  const { toast } = await import("./notices.js");
  toast(answer.error, "bad");
  return null;
}

/** Options of an external select for what was typed; throws with a sentence when there are none to have. */
export async function suggest(place) {
  await Promise.allSettled([...stored]);
  const words = new URLSearchParams({ user: state.me.id });
  for (const [key, value] of Object.entries(place))
    if (value !== null && value !== undefined) words.set(key, value);
  let read;
  try {
    read = await (await fetch(`/page/suggest?${words}`)).json();
  } catch {
    throw new Error("The local workspace cannot be reached.");
  }
  if (read.error) throw new Error(read.error);
  return read;
}
