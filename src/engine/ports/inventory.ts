import type { Problem } from '../../core/errors.ts';
import type { Service } from '../../core/inventory/service.ts';

/** The services there are right now: configured ones, and what Docker shows. */
export interface Inventory {
  /** Containers may have been looked at up to `maxAgeMs` ago; by default a few seconds. */
  services(options?: { readonly maxAgeMs?: number }): Promise<readonly Service[]>;
  /** What is wrong with its file right now; what it said before stays in force. Absent: no file is read again. */
  problems?(): readonly Problem[];
}
