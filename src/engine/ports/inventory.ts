import type { Service } from '../../core/inventory/service.ts';

/** The services there are right now: configured ones, and what Docker shows. */
export interface Inventory {
  services(): Promise<readonly Service[]>;
}
