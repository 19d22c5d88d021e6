import { createHash } from 'node:crypto';
import type { Labels } from './alert.ts';

// Offset basis and prime of FNV-1a, 64 bit. The prime is 2^40 + 0x1b3; numbers are kept in two halves of 32 bit, for BigInt is slow.
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
const PRIME_LOW = 0x1b3;
const TWO_32 = 2 ** 32;
const SEPARATOR = 0xff;

/**
 * Identity of a label set as 16 hex digits: FNV-1a, 64 bit, over sorted names and values, each followed by 0xff.
 * The same labels in any order give the same fingerprint that Prometheus and Alertmanager print
 * (source: prometheus/common, model/signature.go).
 */
export function labelFingerprint(labels: Labels): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  const add = (byte: number) => {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * PRIME_LOW;
    const carry = Math.floor(product / TWO_32);
    low = product >>> 0;
    high = (Math.imul(high, PRIME_LOW) + carry + (mixed << 8)) >>> 0;
  };
  for (const name of Object.keys(labels).sort()) {
    for (const part of [name, labels[name] ?? '']) {
      for (const byte of Buffer.from(part, 'utf8')) add(byte);
      add(SEPARATOR);
    }
  }
  return hex(high) + hex(low);
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}

/** A stable id of 24 hex digits for any list of strings. Fits a BullMQ job id, which may hold no `:` and be no integer. */
export function stableId(...parts: readonly string[]): string {
  return `h${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 23)}`;
}
