import { parse } from 'lossless-json';
import { InputError } from '../core/errors.ts';

/** A parsed body. Objects have no prototype; an integer beyond 2^53 is kept as its digits in a string. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Real payloads stay below 20 levels; more is an attack on the stack. */
const DEEPEST = 64;

/**
 * Parses a JSON body so that nothing in it can harm: nesting is limited, keys such as `__proto__` are ordinary, text
 * holds neither NUL nor lone surrogates (PostgreSQL stores neither), a byte order mark is ignored.
 * @throws InputError when it is not JSON or nested too deeply.
 */
export function parseJson(raw: string): Json {
  const text = raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
  if (text.trim() === '') throw badBody('the body is empty; send JSON');
  if (deeperThan(text, DEEPEST)) throw badBody(`the body is nested more than ${DEEPEST} levels deep`);
  try {
    return toJson(parse(text, null, { parseNumber, onDuplicateKey: ({ newValue }) => newValue }));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message.slice(0, 120) : 'it cannot be read';
    throw badBody(`the body is not JSON: ${reason}`);
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An error of the whole body. */
export function badBody(message: string): InputError {
  return new InputError(message, [{ path: '', message }]);
}

function parseNumber(digits: string): number | string {
  const value = Number(digits);
  if (!Number.isFinite(value)) return digits;
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(digits) ? digits : value;
}

/** Counts brackets outside of strings, so that hostile nesting never reaches the recursive parser. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function toJson(value: unknown): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null) {
    const object: Record<string, Json> = Object.create(null);
    for (const [key, member] of Object.entries(value)) object[cleanText(key)] = toJson(member);
    return object;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function cleanText(text: string): string {
  // Most texts hold neither; the search for them is much cheaper than the replacement.
  return /[\u0000\uD800-\uDFFF]/.test(text) ? text.replace(/\u0000|\p{Surrogate}/gu, '\uFFFD') : text;
}
