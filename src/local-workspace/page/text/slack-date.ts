/** A moment as Slack's `<!date^…>` names it. */
export interface SlackDate {
  readonly seconds: number;
  /** Text with tokens such as `{date_short_pretty} {time}`. */
  readonly format: string;
  readonly fallback: string;
}

const DAY_MS = 86_400_000;

function formatted(at: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(undefined, options).format(at);
}

function nearDay(at: Date, now: number): string | undefined {
  const midnight = (moment: Date) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(at) - midnight(new Date(now))) / DAY_MS);
  if (days === 0) return 'today';
  if (days === -1) return 'yesterday';
  return days === 1 ? 'tomorrow' : undefined;
}

function ago(at: Date, now: number): string {
  const seconds = Math.round((at.getTime() - now) / 1000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(seconds, 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}

const DATES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_slash: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
};

function token(name: string, at: Date, now: number): string | undefined {
  if (name === 'ago') return ago(at, now);
  const pretty = name.endsWith('_pretty');
  const base = pretty ? name.slice(0, -'_pretty'.length) : name;
  const options = DATES[base === 'day_divider' ? 'date_long' : base];
  if (options === undefined) return undefined;
  return (pretty ? nearDay(at, now) : undefined) ?? formatted(at, options);
}

/** The moment as text in the reader's zone and language; the fallback when it is no moment or names an unknown token. */
export function showSlackDate({ seconds, format, fallback }: SlackDate, now: number): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return fallback;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const shown = token(name, at, now);
    known = known && shown !== undefined;
    return shown ?? '';
  });
  return known && text !== '' ? text : fallback;
}
