import type { AlertParser } from './alert-parser.ts';
import { parseAlertmanager } from './alertmanager.ts';
import { parseGeneric } from './generic.ts';
import { parseGrafana } from './grafana.ts';

/** Senders by the last part of their route, `/alerts/<sender>`. A new one is a file with a parser and a line here. */
export const SENDERS: Readonly<Record<string, AlertParser>> = {
  alertmanager: parseAlertmanager,
  generic: parseGeneric,
  grafana: parseGrafana,
};
