import { z } from 'zod';

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `250ms`, `2s`, `1.5m`, `1h30m` to milliseconds; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(\d+(\.\d+)?\s*(ms|min|[smhdw])\s*)+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount = '', unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|[smhdw])/g)) {
    total += Number(amount) * (DURATION_MS[unit] ?? Number.NaN);
  }
  return total;
}

/** `99.9%` or a plain number in 0..1 to a ratio; undefined when it is neither. */
export function parseRatio(text: string | number): number | undefined {
  if (typeof text === 'number') return text >= 0 && text <= 1 ? text : undefined;
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent) / 100;
  const plain = Number(text);
  return text.trim() !== '' && plain >= 0 && plain <= 1 ? plain : undefined;
}

/** Schema for a duration in a file: `10s` to 10000 (milliseconds). */
export const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a duration; write for example 250ms, 2s, 5m or 1h30m`,
  });
  return z.NEVER;
});

/** Schema for a span in a parameter: a duration, or the milliseconds that one was read as before. */
export const Milliseconds = z.union([z.number(), Duration]);

/** Schema for a share in a file: `80%` or `0.8` to 0.8. */
export const Ratio = z.union([z.string(), z.number()]).transform((value, context) => {
  const ratio = parseRatio(value);
  if (ratio !== undefined) return ratio;
  context.addIssue({ code: 'custom', message: `"${value}" is not a share; write for example 80% or 0.8` });
  return z.NEVER;
});
