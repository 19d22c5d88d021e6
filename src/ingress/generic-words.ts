const RESOLVED = new Set(
  'ok up resolved resolve closed close recovered recovery normal clear cleared success succeeded healthy inactive deactivated resolvedincident'.split(
    ' ',
  ),
);
const FIRING = new Set(
  'firing fired alerting alert triggered trigger retriggered problem open opened active activated alarm down critical warning warn error failed failure created create new ongoing acknowledged acknowledge reopened nodata bad'.split(
    ' ',
  ),
);

const SEVERITIES: readonly (readonly [severity: string, words: RegExp])[] = [
  [
    'critical',
    /^(?:crit(?:ical)?|fatal|emergency|emerg|disaster|page|high|highest|urgent|major|p[12]|sev[01]|s[01])$/,
  ],
  ['warning', /^(?:warn(?:ing)?|error|err|medium|average|moderate|minor|p3|sev[23]|s[23]|degraded)$/],
  ['info', /^(?:info(?:rmational)?|informational|notice|low|lowest|debug|none|ok|p[45]|sev4|s4|verbose)$/],
];

/** `firing` or `resolved` from a sender's word (`NO_DATA`, `incident.resolved`, `ALERT_NOTIFICATION_CLEAR`); undefined when it is neither. */
export function toStatus(word: string): 'firing' | 'resolved' | undefined {
  const text = word.trim().toLowerCase();
  const last =
    text
      .split(/[\s._:/-]+/)
      .filter(Boolean)
      .at(-1) ?? '';
  for (const candidate of [text.replace(/[\s_-]/g, ''), last]) {
    if (RESOLVED.has(candidate)) return 'resolved';
    if (FIRING.has(candidate)) return 'firing';
  }
  return undefined;
}

/** The state that stands in front of a title: `[Recovered] …`, `OK: …`. */
const PREFIX = /^\s*(?:\[([A-Za-z _-]{1,20})(?::\d+)?\]|([A-Z][A-Za-z_]{1,19}):)\s*/;

/** Splits a title into what it says and the state in front of it, so that firing and resolved have one name. */
export function splitTitle(title: string): {
  readonly name: string;
  readonly status: 'firing' | 'resolved' | undefined;
} {
  const match = PREFIX.exec(title);
  const status = match && toStatus(match[1] ?? match[2] ?? '');
  const name = title.slice(match?.[0].length ?? 0).trim();
  return status && name !== '' ? { name, status } : { name: title.trim(), status: undefined };
}

/** `critical`, `warning` or `info` for the words of many senders; anything else stays as it is, in lower case. */
export function toSeverity(word: string): string {
  const text = word.trim().toLowerCase();
  return SEVERITIES.find(([, words]) => words.test(text))?.[0] ?? text;
}
