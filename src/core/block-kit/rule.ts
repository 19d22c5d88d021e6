import type { Problem } from '../errors.ts';

/** The word with which Slack refuses; `advised` is what Slack takes but people with a screen reader would miss. */
export type RefusalCode =
  | 'invalid_blocks'
  | 'msg_too_long'
  | 'msg_blocks_too_long'
  | 'no_text'
  | 'only_one_table_allowed'
  | 'too_many_attachments'
  | 'invalid_attachments'
  | 'invalid_metadata_format'
  | 'metadata_too_large'
  | 'invalid_arguments'
  | 'advised';

/** A broken rule of Block Kit. `path` is a JSON pointer into the message or view: `/blocks/0/text`. */
export interface BlockKitProblem extends Problem {
  readonly code: RefusalCode;
}

/** Checks one value that stands at `path`. */
export type Rule = (value: unknown, path: string) => readonly BlockKitProblem[];

/** One problem in Slack's words. */
export function refuse(
  path: string,
  message: string,
  code: RefusalCode = 'invalid_blocks',
): readonly BlockKitProblem[] {
  return [{ path, message, code }];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string of `min` (1 unless told) to `max` characters that may have to match a pattern. */
export function characters(max: number, options: { min?: number; pattern?: RegExp } = {}): Rule {
  const min = options.min ?? 1;
  return (value, path) => {
    if (typeof value !== 'string') return refuse(path, 'must be a string');
    if (value.length < min) return refuse(path, `must be more than ${min - 1} characters`);
    if (value.length > max) return refuse(path, `must be less than ${max + 1} characters`);
    if (options.pattern && !options.pattern.test(value)) return refuse(path, 'invalid format');
    return [];
  };
}

export const webAddress = (max: number): Rule =>
  characters(max, { pattern: /^(https?|slack|mailto|tel):\S+$/i });

export const flag: Rule = (value, path) =>
  typeof value === 'boolean' ? [] : refuse(path, 'must be a boolean');

/** A number within closed limits. */
export function numberWithin(min: number, max: number, kind: 'integer' | 'any' = 'integer'): Rule {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(path, 'must be a number');
    if (kind === 'integer' && !Number.isInteger(value)) return refuse(path, 'must be an integer');
    return value < min || value > max ? refuse(path, `must be from ${min} to ${max}`) : [];
  };
}

export function oneOf(...allowed: readonly unknown[]): Rule {
  return (value, path) =>
    allowed.includes(value) ? [] : refuse(path, `must be one of: ${allowed.map(String).join(', ')}`);
}

/** An array whose items all follow one rule. */
export function list(item: Rule, { min = 0, max }: { min?: number; max: number }): Rule {
  return (value, path) => {
    if (!Array.isArray(value)) return refuse(path, 'must be an array');
    const problems = value.flatMap((entry: unknown, index) => item(entry, `${path}/${index}`));
    if (value.length > max) return [...refuse(path, `no more than ${max} items allowed`), ...problems];
    if (value.length < min) return [...refuse(path, `must have at least ${min} items`), ...problems];
    return problems;
  };
}

/** An object with exactly these fields; `type` is judged by `byType` and always allowed. */
export function shape(
  required: Readonly<Record<string, Rule>>,
  optional: Readonly<Record<string, Rule>> = {},
): Rule {
  return (value, path) => {
    if (!isObject(value)) return refuse(path, 'must be an object');
    const missing = Object.keys(required)
      .filter((key) => value[key] === undefined)
      .flatMap((key) => refuse(path, `missing required field: ${key}`));
    const wrong = Object.entries(value).flatMap(([key, entry]) => {
      if (key === 'type' || entry === undefined) return [];
      const rule = Object.hasOwn(required, key)
        ? required[key]
        : Object.hasOwn(optional, key)
          ? optional[key]
          : null;
      return rule ? rule(entry, `${path}/${key}`) : refuse(path, `invalid additional property: ${key}`);
    });
    return [...missing, ...wrong];
  };
}

/** Chooses the rule by the `type` field; a type that is not listed is refused. */
export function byType(rules: Readonly<Record<string, Rule>>): Rule {
  return (value, path) => {
    if (!isObject(value)) return refuse(path, 'must be an object');
    const rule =
      typeof value.type === 'string' && Object.hasOwn(rules, value.type) ? rules[value.type] : undefined;
    return rule ? rule(value, path) : refuse(`${path}/type`, `unsupported type: ${String(value.type)}`);
  };
}

/** Every rule must hold. */
export function all(...rules: readonly Rule[]): Rule {
  return (value, path) => rules.flatMap((rule) => rule(value, path));
}

/** Exactly one of these fields must be there. */
export function exactlyOne(...keys: readonly string[]): Rule {
  return (value, path) =>
    isObject(value) && keys.filter((key) => value[key] !== undefined).length === 1
      ? []
      : refuse(path, `exactly one of ${keys.join(', ')} is required`);
}
