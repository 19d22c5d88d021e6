import { parseDuration } from '../quantity.ts';
import { asTyped } from '../typed.ts';
import { type Matcher, type MatcherProblem, parseMatchers } from './matcher.ts';

const SHORTEST_MS = 60_000;
const LONGEST_MS = 30 * 24 * 60 * 60_000;
const LONGEST_REASON = 300;
const USAGE = 'For example: `/perf silence service=shop-api 1h deploy of the new search`';

/** What somebody typed behind `silence`, understood. */
export interface SilenceRequest {
  readonly matchers: readonly Matcher[];
  readonly durationMs: number;
  /** Empty when none was given. */
  readonly reason: string;
}

/** `service=shop-api 1h reason in words`: conditions up to the first blank outside of quotes, a duration, and the rest. */
export function parseSilence(text: string): SilenceRequest | MatcherProblem {
  const [conditions = '', duration, reason = ''] = splitRequest(text);
  const matchers = parseMatchers(conditions);
  if ('problem' in matchers) return matchers;
  if (duration === undefined) return { problem: '`silence` needs a duration.', mend: USAGE };
  const durationMs = parseDuration(duration);
  if (durationMs === undefined)
    return {
      problem: `${asTyped(duration)} is not a duration.`,
      mend: `Write 30m, 2h or 1d. ${USAGE}`,
    };
  if (durationMs < SHORTEST_MS || durationMs > LONGEST_MS)
    return {
      problem: 'A silence lasts at least a minute and at most 30 days.',
      mend: USAGE,
    };
  return { matchers, durationMs, reason: [...reason].slice(0, LONGEST_REASON).join('') };
}

function splitRequest(text: string): readonly (string | undefined)[] {
  const [, conditions, rest = ''] =
    /^((?:"(?:[^"\\]|\\.)*"|[^\s"]|"(?![^"]*"))+)\s*(.*)$/s.exec(text.trim()) ?? [];
  const [, duration, reason] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  return [conditions, duration, reason];
}
