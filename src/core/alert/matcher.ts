import { regexRisk } from '../regex-risk.ts';
import { asTyped } from '../typed.ts';
import type { Labels } from './alert.ts';

const OPERATORS = ['=~', '!~', '!=', '='] as const;

/** A condition on one label, as Alertmanager means it; a label that is not there has the empty value. */
export interface Matcher {
  readonly label: string;
  readonly op: (typeof OPERATORS)[number];
  /** For `=~` and `!~` a regular expression that has to match the whole value. */
  readonly value: string;
}

/** What is wrong with typed matchers, and the line that mends it. */
export interface MatcherProblem {
  readonly problem: string;
  readonly mend: string;
}

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_.-]*$/;
const MOST_MATCHERS = 10;
const EXAMPLE = 'For example: `service=shop-api`, or `alertname=~"High.*",severity!=critical`.';

/**
 * `service=shop-api,severity!="critical"` to matchers, all of which have to hold. Braces around them may stand or not;
 * values may be quoted. A word alone is the name of a service.
 */
export function parseMatchers(text: string): readonly Matcher[] | MatcherProblem {
  const parts = splitAtCommas(text.trim().replace(/^\{(.*)\}$/s, '$1'));
  if (parts.length === 0) return { problem: 'There is nothing to match.', mend: EXAMPLE };
  if (parts.length > MOST_MATCHERS)
    return { problem: `More than ${MOST_MATCHERS} conditions are too many.`, mend: EXAMPLE };
  const matchers: Matcher[] = [];
  for (const part of parts) {
    const matcher = parseMatcher(part);
    if ('problem' in matcher) return matcher;
    matchers.push(matcher);
  }
  // As in Alertmanager: otherwise a typing error could silence everything.
  return matchers.some((matcher) => !holds(matcher, {}))
    ? matchers
    : {
        problem: 'This would hold back every alert.',
        mend: `One condition has to ask for a value that is not empty. ${EXAMPLE}`,
      };
}

/** True when all matchers hold for the labels. */
export function matchesLabels(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => holds(matcher, labels));
}

/** As Alertmanager writes them: `alertname=~"High.*", service="shop-api"`. */
export function formatMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`).join(', ');
}

function holds({ label, op, value }: Matcher, labels: Labels): boolean {
  const actual = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
  switch (op) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '=~':
      return anchored(value).test(actual);
    case '!~':
      return !anchored(value).test(actual);
  }
}

function anchored(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 's');
}

function parseMatcher(part: string): Matcher | MatcherProblem {
  const [, label = '', op, raw = ''] = /^([^=!~\s"]+)\s*(=~|!~|!=|=)\s*(.*)$/s.exec(part) ?? [];
  if (op === undefined) return bareWord(part);
  if (!LABEL.test(label)) return { problem: `${asTyped(label)} is not the name of a label.`, mend: EXAMPLE };
  const value = unquote(raw);
  if (value === undefined)
    return { problem: `The quotes in ${asTyped(part)} are not closed.`, mend: EXAMPLE };
  const operator = OPERATORS.find((known) => known === op) ?? '=';
  return operator === '=~' || operator === '!~'
    ? withPattern({ label, op: operator, value })
    : { label, op: operator, value };
}

function bareWord(part: string): Matcher | MatcherProblem {
  const word = unquote(part);
  return word !== undefined && /^[\w.:-]+$/.test(word)
    ? { label: 'service', op: '=', value: word }
    : { problem: `I don't understand the condition ${asTyped(part)}.`, mend: EXAMPLE };
}

function withPattern(matcher: Matcher): Matcher | MatcherProblem {
  const { label, value } = matcher;
  const risk = regexRisk(value);
  if (risk !== undefined)
    return { problem: `The regular expression of ${asTyped(label)} ${risk}.`, mend: EXAMPLE };
  try {
    // By itself: inside of the anchors a stray bracket could close them.
    new RegExp(value);
    return matcher;
  } catch {
    return { problem: `${asTyped(value)} is not a regular expression.`, mend: EXAMPLE };
  }
}

/** Undefined when a quote is not closed. */
function unquote(text: string): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('"')) return trimmed.includes('"') ? undefined : trimmed;
  const inside = /^"((?:[^"\\]|\\.)*)"$/s.exec(trimmed)?.[1];
  // Only quotes and backslashes are escaped, so that `\.` of a regular expression may be written as it is.
  return inside?.replace(/\\(["\\])/g, '$1');
}

/** Parts between commas that stand outside of quotes and of the braces of a regular expression. */
function splitAtCommas(text: string): readonly string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|\{[^}]*\}|[^,])+/gs) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
