/** The emoji shortcodes this client knows; an unknown one stays as it was typed. */

const NAMES = `white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|no_entry ⛔|no_entry_sign 🚫
octagonal_sign 🛑|stop_sign 🛑|rotating_light 🚨|bangbang ‼️|exclamation ❗|question ❓|grey_question ❔|information_source ℹ️|hourglass ⌛
hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|clock1 🕐|clock3 🕒|calendar 📆|date 📅|spiral_calendar_pad 🗓️
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫
large_green_square 🟩|large_red_square 🟥|large_yellow_square 🟨|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛
arrow_forward ▶️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️|fast_forward ⏩|double_vertical_bar ⏸️|pause_button ⏸️|black_square_for_stop ⏹️
rocket 🚀|package 📦|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|nut_and_bolt 🔩|construction 🚧|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️
mag 🔍|mag_right 🔎|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|page_facing_up 📄|scroll 📜|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|paperclip 📎|link 🔗|inbox_tray 📥|outbox_tray 📤|floppy_disk 💾|wastebasket 🗑️
bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|computer 💻|desktop_computer 🖥️|robot_face 🤖|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speech_balloon 💬|bulb 💡|zap ⚡|fire 🔥|boom 💥|bug 🐛|eyes 👀|star ⭐|star2 🌟|sparkles ✨|tada 🎉|wave 👋|raised_hand ✋|hand ✋|point_right 👉|point_up ☝️|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|ok_hand 👌|clap 👏|pray 🙏|muscle 💪|handshake 🤝
smile 😄|slightly_smiling_face 🙂|smiley 😃|grinning 😀|joy 😂|wink 😉|thinking_face 🤔|sweat_smile 😅|cry 😢|sob 😭|scream 😱|sunglasses 😎|heart ❤️|green_heart 💚|blue_heart 💙|100 💯
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|seedling 🌱|globe_with_meridians 🌐|earth_africa 🌍|house 🏠|office 🏢|bust_in_silhouette 👤|busts_in_silhouette 👥|technologist 🧑‍💻|snowflake ❄️|zzz 💤|crossed_swords ⚔️|test_tube 🧪|scales ⚖️|pushpin 📌|round_pushpin 📍|triangular_flag_on_post 🚩|checkered_flag 🏁|new 🆕|sos 🆘|recycle ♻️|heavy_plus_sign ➕|heavy_minus_sign ➖`;

const TABLE = new Map(
  NAMES.split(/[|\n]/).map((entry) => {
    const at = entry.lastIndexOf(" ");
    return [entry.slice(0, at), entry.slice(at + 1)];
  }),
);

/** The character for a shortcode without its colons, or null. */
export function emoji(name) {
  return TABLE.get(name.split("::")[0]) ?? null;
}

/** All shortcodes known here. */
export function emojiNames() {
  return [...TABLE.keys()];
}

/** Text with the shortcodes it holds turned into characters. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+)(?:::[a-z0-9-]+)?:/g, (whole, name) => emoji(name) ?? whole);
}
