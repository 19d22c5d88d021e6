import type { AlertParser } from './alert-parser.ts';
import { toWebhookBatch } from './alertmanager.ts';
import { isLegacyGrafana, toLegacyBatch } from './grafana-legacy.ts';
import { parseJson } from './json.ts';

/** Grafana's webhook: unified alerting (version 9 and later) and the legacy alerting before it. */
export const parseGrafana: AlertParser = (raw, receivedAt) => {
  const body = parseJson(raw);
  if (isLegacyGrafana(body)) return toLegacyBatch('grafana', body, receivedAt);
  return toWebhookBatch('grafana', body, receivedAt);
};
