import type { Service } from '../../core/inventory/service.ts';

/** The services there are right now: configured ones, and what Docker shows. */
export interface Inventory {
  /** Containers may have been looked at up to `maxAgeMs` ago; by default a few seconds. */
  services(options?: { readonly maxAgeMs?: number }): Promise<readonly Service[]>;
}
