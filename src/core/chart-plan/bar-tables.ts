import type { BarTable } from './bar-table.ts';
import { MACHINE_BAR_TABLES } from './machine-bar-tables.ts';
import { REQUEST_BAR_TABLES } from './request-bar-tables.ts';
import { STORE_BAR_TABLES } from './store-bar-tables.ts';

/** The pictures that tables of evidence can give; the first that proves something wins. */
export const BAR_TABLES: readonly BarTable[] = [
  ...MACHINE_BAR_TABLES,
  ...REQUEST_BAR_TABLES,
  ...STORE_BAR_TABLES,
];
