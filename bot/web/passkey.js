// What a link is for is asked with the token behind the #; nothing here is trusted by the server.
"use strict";

const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const part = (id) => document.getElementById(id);
let asked = null;
let words = {};

// A sentence in the reader's language, which the server knows; English until it has answered.
function say(sentence, values) {
  const said = words[sentence] || sentence;
  return said.replace(/\{(\w+)\}/g, (all, name) => (values && name in values ? values[name] : all));
}

function learn(said) {
  if (!said.words) return;
  words = said.words;
  document.documentElement.lang = said.language;
  document.querySelector("#changes h2").textContent = say("Changes since the last successful run");
  part("naming").textContent = say("What do you call this passkey?");
}

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

async function proved(options) {
  const made = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  const said = made.response;
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: text(said.clientDataJSON),
      authenticatorData: text(said.authenticatorData),
      signature: text(said.signature),
      userHandle: said.userHandle ? text(said.userHandle) : null,
    },
  };
}

async function made(options) {
  const found = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    response: {
      clientDataJSON: text(found.response.clientDataJSON),
      attestationObject: text(found.response.attestationObject),
    },
  };
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  let said = {};
  try {
    said = await answer.json();
  } catch {
    said = { sentence: "Something went wrong here. Ask for a new link in Slack." };
  }
  learn(said);
  return { ok: answer.ok, said };
}

function tell(sentence, kind) {
  document.body.className = kind;
  part("said").textContent = sentence;
}

function over(title, sentence, kind) {
  part("title").textContent = title;
  part("form").hidden = true;
  part("small").textContent = "";
  tell(sentence, kind);
}

function fact(label, value, kind) {
  if (!value) return;
  const row = document.createElement("div");
  const name = document.createElement("dt");
  const shown = document.createElement("dd");
  name.textContent = label;
  shown.textContent = value;
  if (kind) shown.className = kind;
  row.append(name, shown);
  part("facts").append(row);
}

function showApproval(page) {
  part("title").textContent = say("Approve #{number} {target}?", page);
  part("lead").textContent = say("You are {name}. Your yes is for exactly what stands here.", page);
  fact(say("Asked by"), `${page.requester}, ${new Date(page.asked).toLocaleString()}`);
  fact(say("Why"), page.reason);
  for (const [label, value] of page.values) fact(label, value);
  fact(say("Rules"), page.rules.join(", "));
  fact(say("Your comment"), page.comment);
  fact(say("Digest"), page.digest, "code");
  for (const change of page.changes) {
    const line = document.createElement("li");
    line.textContent = change;
    part("changes").querySelector("ul").append(line);
  }
  part("changes").hidden = page.changes.length === 0;
  part("go").textContent = say("Approve with passkey");
}

function showRegistration(page) {
  part("title").textContent = say("Register a passkey");
  part("lead").textContent = page.prove
    ? say("You are {name}. Confirm with a passkey that you have, then make the new one.", page)
    : say("You are {name}. With a passkey you approve what a click in Slack is not enough for.", page);
  part("naming").hidden = part("name").hidden = false;
  part("go").textContent = page.prove ? say("Confirm, then register") : say("Register");
}

function show(page) {
  (page.purpose === "approve" ? showApproval : showRegistration)(page);
  const until = new Date(page.until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  part("small").textContent = say("This page is good once, until {until}.", { until });
  part("form").hidden = false;
}

async function confirm(event) {
  event.preventDefault();
  part("go").disabled = true;
  tell(say("Your device asks you now …"), "");
  const answer = { token, name: part("name").value };
  try {
    if (asked.prove) answer.prove = await proved(asked.prove);
    if (asked.make) answer.make = await made(asked.make);
  } catch (error) {
    part("go").disabled = false;
    const known = error && error.name === "InvalidStateError";
    tell(known ? say("This device has a passkey of yours already.") : say("Nothing was confirmed. You can try again."), "bad");
    return;
  }
  try {
    const { ok, said } = await post("/passkey/done", answer);
    over(ok ? say("Done") : say("Not done"), said.sentence || "", ok ? "good" : "bad");
  } catch {
    over(say("Not sure"), say("The answer was lost on its way. Look at the card in Slack."), "bad");
  }
}

async function begin() {
  if (!window.PublicKeyCredential) {
    over("Not here", "This browser has no passkeys. Open the link in another one.", "bad");
    return;
  }
  if (!token) {
    over("Nothing to confirm", "Open the link in Slack again, or ask for a new one there.", "bad");
    return;
  }
  const { ok, said } = await post("/passkey/open", { token });
  if (!ok) {
    over(say("Not possible"), said.sentence || "", "bad");
    return;
  }
  asked = said;
  show(said);
}

// Another link opened over this page changes nothing but what stands behind the #.
addEventListener("hashchange", () => location.reload());
part("form").addEventListener("submit", confirm);
begin().catch(() => over("Not possible", "Jobthread does not answer. Try the link again.", "bad"));
