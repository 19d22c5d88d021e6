/** The four Nagios states, worst last. `unknown` means "we could not tell", never "fine". */
export const SEVERITIES = ['ok', 'unknown', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Orders severities: negative when `a` is less severe than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** The worst of several severities; nothing at all means nothing was wrong. */
export function worst(severities: Iterable<Severity>): Severity {
  let result: Severity = 'ok';
  for (const severity of severities) if (compareSeverity(severity, result) > 0) result = severity;
  return result;
}
