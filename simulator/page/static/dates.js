/** Times as the person looking would read them: their locale, their time zone. */

const formats = new Map();

function format(who, options) {
  const key = `${who.locale}|${who.tz}|${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, build(who, options));
  return formats.get(key);
}

function build(who, options) {
  for (const [locale, timeZone] of [
    [who.locale, who.tz],
    ["en-US", who.tz],
    ["en-US", undefined],
  ]) {
    try {
      return new Intl.DateTimeFormat(locale, { ...options, timeZone });
    } catch {
      /* a zone or locale this browser does not know */
    }
  }
  return new Intl.DateTimeFormat();
}

const CLOCK = { hour: "numeric", minute: "2-digit" };

/** 14:02 or 2:02 PM. `seconds` since 1970. */
export function clock(seconds, who) {
  return format(who, CLOCK).format(seconds * 1000);
}

/** The whole date and time, for titles. */
export function moment(seconds, who) {
  return format(who, { dateStyle: "full", timeStyle: "medium" }).format(seconds * 1000);
}

/** The day in the person's zone as YYYY-MM-DD. */
export function day(seconds, who) {
  return format({ ...who, locale: "sv-SE" }, { year: "numeric", month: "2-digit", day: "2-digit" }).format(
    seconds * 1000,
  );
}

/** "Today", "Yesterday", or the date, for the line between two days. */
export function dayLabel(seconds, who) {
  return (
    relativeDay(seconds, who, true) ??
    format(who, { weekday: "long", day: "numeric", month: "long" }).format(seconds * 1000)
  );
}

function relativeDay(seconds, who, capital) {
  const distance = Math.round(
    (Date.parse(day(seconds, who)) - Date.parse(day(Date.now() / 1000, who))) / 86400000,
  );
  if (Math.abs(distance) > 1) return null;
  const words = relative(who).format(distance, "day");
  return capital ? words[0].toLocaleUpperCase(who.locale) + words.slice(1) : words;
}

function relative(who) {
  try {
    return new Intl.RelativeTimeFormat(who.locale, { numeric: "auto" });
  } catch {
    return new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
  }
}

function ago(seconds, who) {
  const distance = seconds - Date.now() / 1000;
  for (const [unit, size] of [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ]) {
    if (Math.abs(distance) >= size) return relative(who).format(Math.trunc(distance / size), unit);
  }
  return relative(who).format(Math.trunc(distance), "second");
}

const TOKENS = {
  date_num: (s, who) => day(s, who),
  date_slash: (s, who) => format(who, { year: "numeric", month: "2-digit", day: "2-digit" }).format(s * 1000),
  date: (s, who) => format(who, { dateStyle: "long" }).format(s * 1000),
  date_short: (s, who) => format(who, { dateStyle: "medium" }).format(s * 1000),
  date_long: (s, who) => format(who, { dateStyle: "full" }).format(s * 1000),
  date_pretty: (s, who) => relativeDay(s, who) ?? TOKENS.date(s, who),
  date_short_pretty: (s, who) => relativeDay(s, who) ?? TOKENS.date_short(s, who),
  date_long_pretty: (s, who) => relativeDay(s, who) ?? TOKENS.date_long(s, who),
  time: clock,
  time_secs: (s, who) => format(who, { ...CLOCK, second: "2-digit" }).format(s * 1000),
  ago,
};

/** Slack's date tokens (`{date_short} at {time}`) filled in; null when the moment is no number. */
export function fillDate(stamp, tokens, who) {
  const seconds = Number(stamp);
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8e12) return null;
  const filled = tokens.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(TOKENS, name) ? TOKENS[name](seconds, who) : whole,
  );
  return tokens.startsWith("{") ? filled.charAt(0).toLocaleUpperCase(who.locale) + filled.slice(1) : filled;
}

/** What a `datetime-local` field shows for a moment, in the person's zone. */
export function localInput(seconds, who) {
  return format(
    { ...who, locale: "sv-SE" },
    { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  )
    .format(seconds * 1000)
    .replace(" ", "T");
}

/** The moment (whole seconds) a `datetime-local` value names in the person's zone; null when empty. */
export function fromLocalInput(value, who) {
  const wanted = Date.parse(`${value}:00Z`);
  if (!value || Number.isNaN(wanted)) return null;
  let guess = wanted;
  // Twice, because the first guess may stand on the other side of a change of the clocks.
  for (let turn = 0; turn < 2; turn += 1)
    guess += wanted - Date.parse(`${localInput(guess / 1000, who)}:00Z`);
  return Math.round(guess / 1000);
}
