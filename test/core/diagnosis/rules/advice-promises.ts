import { expect } from 'vitest';
import type { Cause } from '../../../../src/core/diagnosis/cause.ts';

/** What no advice may ever say: each of these has harmed somebody. */
export const DANGEROUS: readonly RegExp[] = [
  /redis-cli[^|;&]*\b(keys|monitor|flushall|flushdb)\b(?! *\|)/i,
  /^\s*(KEYS|MONITOR|FLUSHALL|FLUSHDB|DEBUG)\b/i,
  /--inspect(-brk)?=0\.0\.0\.0/,
  /pg_stat_(statements_)?reset/i,
  /docker exec (?:-\S+ )*-(?:it|ti|i|t)\b/,
  /docker(-compose| compose)? exec\b[^|;&]*\b(npm|node|kill)\b/,
  /--prof\b/,
  /NODE_OPTIONS=[^\n]*--(trace-gc|prof)/,
  /\bmount\b[^|;&]*\/var\/lib\/docker/,
  /max_prepared_transactions/i,
  /EXPLAIN\s*\(?\s*ANALYZE/i,
  /\bDROP (TABLE|DATABASE|SCHEMA)\b/i,
  /VACUUM\s*\(?\s*FULL/i,
  /docker (rm|system prune|volume rm)\b/,
  /\brm -/,
  /kill -(9|KILL)/,
];

/** Placeholders: for what nobody but the reader can know. */
const PLACEHOLDERS =
  /^<(application role|application user|application|log of PostgreSQL|name|host:port|url|MiB|statement(?: \d[^<>]*| -\d[^<>]*| [a-z0-9]+)?|value|setting|id|upstream)>$/;

/** Every promise that the advice of a cause has to keep. */
export function expectGoodAdvice(causes: readonly Cause[]): void {
  for (const { id, advice } of causes) {
    for (const step of advice) {
      const where = `${id}, "${step.title}"`;
      expect(step.why, where).toMatch(/\S/);
      expect(step.source, where).toMatch(/^https:\/\/[^\s<>|]+$/);
      if (step.effect === 'changes') {
        expect(step.risk, `risk of ${where}`).toMatch(/\S/);
        expect(step.undo, `undo of ${where}`).toMatch(/\S/);
      }
      if (step.command !== undefined) expectGoodCommand(step.command, where);
    }
  }
}

function expectGoodCommand(command: string, where: string): void {
  for (const danger of DANGEROUS) expect(command, where).not.toMatch(danger);
  expect(command, where).not.toMatch(/undefined|\bNaN\b|\[object|\bnull\b/);
  for (const [placeholder] of command.matchAll(/<[^<>\s=][^<>]*>/g))
    expect(placeholder, where).toMatch(PLACEHOLDERS);
  if (/^(CREATE|DROP) INDEX/.test(command)) expect(command, where).toContain(' CONCURRENTLY ');
}
