/** Slack's names of the emoji that people use around alerts. A name that is not here stays as `:name:`. */
const EMOJI: Readonly<Record<string, string>> = {
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  thumbsdown: '👎',
  alarm_clock: '⏰',
  ambulance: '🚑',
  arrow_down: '⬇️',
  arrow_right: '➡️',
  arrow_up: '⬆️',
  ballot_box_with_check: '☑️',
  bar_chart: '📊',
  bell: '🔔',
  black_circle: '⚫',
  boom: '💥',
  broken_heart: '💔',
  bug: '🐛',
  bulb: '💡',
  calendar: '📆',
  chart_with_downwards_trend: '📉',
  chart_with_upwards_trend: '📈',
  clap: '👏',
  clipboard: '📋',
  computer: '💻',
  construction: '🚧',
  exclamation: '❗',
  eyes: '👀',
  fire: '🔥',
  floppy_disk: '💾',
  gear: '⚙️',
  green_heart: '💚',
  hammer_and_wrench: '🛠️',
  heart: '❤️',
  heavy_check_mark: '✔️',
  heavy_multiplication_x: '✖️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  information_source: 'ℹ️',
  joy: '😂',
  large_blue_circle: '🔵',
  large_green_circle: '🟢',
  large_orange_circle: '🟠',
  large_red_circle: '🔴',
  large_yellow_circle: '🟡',
  link: '🔗',
  lock: '🔒',
  mag: '🔍',
  memo: '📝',
  mute: '🔇',
  no_bell: '🔕',
  no_entry: '⛔',
  ok_hand: '👌',
  package: '📦',
  point_right: '👉',
  pray: '🙏',
  pushpin: '📌',
  question: '❓',
  raised_hands: '🙌',
  red_circle: '🔴',
  repeat: '🔁',
  robot_face: '🤖',
  rocket: '🚀',
  rotating_light: '🚨',
  slightly_smiling_face: '🙂',
  smile: '😄',
  snail: '🐌',
  sos: '🆘',
  sparkles: '✨',
  speech_balloon: '💬',
  stopwatch: '⏱️',
  tada: '🎉',
  thinking_face: '🤔',
  turtle: '🐢',
  warning: '⚠️',
  wastebasket: '🗑️',
  wave: '👋',
  white_check_mark: '✅',
  white_circle: '⚪',
  wrench: '🔧',
  x: '❌',
  zap: '⚡',
  zzz: '💤',
};

/** True for a shortcode that the page shows as an emoji. */
export function isEmoji(name: string): boolean {
  return Object.hasOwn(EMOJI, withoutTone(name));
}

function withoutTone(name: string): string {
  return name.replace(/::skin-tone-\d$/, '');
}

/** The emoji of a Slack shortcode, or the shortcode as it was typed. */
export function showEmoji(name: string): string {
  return isEmoji(name) ? (EMOJI[withoutTone(name)] ?? '') : `:${name}:`;
}

/** Replaces the shortcodes in plain text. */
export function withEmoji(text: string): string {
  return text.replace(/:([a-z0-9_+'-]{1,60}):/g, (_whole, name: string) => showEmoji(name));
}
