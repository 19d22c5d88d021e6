import { createHash } from 'node:crypto';
import type { Labels } from './alert.ts';

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const MASK_64 = 0xffffffffffffffffn;
const SEPARATOR = 0xff;

/**
 * Identity of a label set as 16 hex digits: FNV-1a, 64 bit, over sorted names and values, each followed by 0xff.
 * The same labels in any order give the same fingerprint that Prometheus and Alertmanager print
 * (source: prometheus/common, model/signature.go).
 */
export function labelFingerprint(labels: Labels): string {
  let hash = FNV_OFFSET;
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * FNV_PRIME) & MASK_64;
  };
  for (const name of Object.keys(labels).sort()) {
    for (const part of [name, labels[name] ?? '']) {
      for (const byte of Buffer.from(part, 'utf8')) add(byte);
      add(SEPARATOR);
    }
  }
  return hash.toString(16).padStart(16, '0');
}

/** A stable id of 24 hex digits for any list of strings. Fits a BullMQ job id, which may hold no `:` and be no integer. */
export function stableId(...parts: readonly string[]): string {
  return `h${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 23)}`;
}
