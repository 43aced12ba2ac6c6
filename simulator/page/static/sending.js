/** Sending a typed line: shown at once as on its way, replaced by the real message or by what went wrong. */

import { act } from "./live.js";
import { changed, state } from "./store.js";

let number = 0;

/** Sends `text` to a channel, the app or a thread; `where` is the conversation that shows it. */
export async function deliver(text, { channel, thread, where }) {
  number += 1;
  const line = { id: number, text, channel, thread, where, error: null };
  state.pending = [...state.pending, line];
  changed("pending");
  const answer = await act({ do: "send", channel, thread_ts: thread, text });
  if (answer.error) line.error = answer.error;
  else state.pending = state.pending.filter((one) => one !== line);
  changed("pending");
}
