import { z } from 'zod';
import type { AlertBatch } from '../core/alert/alert.ts';
import { InputError } from '../core/errors.ts';
import type { AlertParser } from './alert-parser.ts';
import { isLegacyGrafana, toLegacyBatch } from './grafana-legacy.ts';
import { badBody, isList, isObject, type Json, type JsonObject, parseJson } from './json.ts';
import { commonLabels, LONGEST_ANNOTATION, toLabels, toLink, toText } from './labels.ts';
import { hasAlerts, toAlert } from './webhook-alert.ts';

/** More alerts in one delivery than any group holds; Alertmanager's `max_alerts` limits it at the sender. */
const MOST_ALERTS = 10_000;
const MOST_PROBLEMS = 20;

const LabelMap = z
  .custom<JsonObject | null>((value) => value === null || isObject(value as Json), {
    error: 'must be an object of names and values',
  })
  .optional();
const AlertShape = z
  .custom<JsonObject>((value) => isObject(value as Json), { error: 'must be an object' })
  .superRefine((alert, context) => {
    for (const field of ['labels', 'annotations']) {
      if (LabelMap.safeParse(alert[field]).success) continue;
      context.addIssue({ code: 'custom', path: [field], message: 'must be an object of names and values' });
    }
  });
const Body = z.object({
  alerts: z
    .array(AlertShape, { error: 'must be a list of alerts' })
    .max(MOST_ALERTS, `must hold at most ${MOST_ALERTS} alerts`),
  groupLabels: LabelMap,
  commonLabels: LabelMap,
  commonAnnotations: LabelMap,
  truncatedAlerts: z.int().min(0).catch(0),
});

/**
 * Alertmanager's webhook in all versions, Grafana's which is built on it, and the list of alerts that Prometheus and
 * vmalert post to Alertmanager's API v2.
 */
export const parseAlertmanager: AlertParser = (raw, receivedAt) => {
  const body = parseJson(raw);
  if (isList(body)) return toApiBatch(body, receivedAt);
  if (isLegacyGrafana(body)) return toLegacyBatch('alertmanager', body, receivedAt);
  return toWebhookBatch('alertmanager', body, receivedAt);
};

/** Reads a body of Alertmanager's webhook shape on behalf of any sender. @throws InputError */
export function toWebhookBatch(sender: string, body: Json, receivedAt: number): AlertBatch {
  if (!isObject(body)) throw badBody('the body must be an object with a list `alerts`');
  const alerts =
    body.alerts === undefined && hasAlerts(body)
      ? [{ annotations: body.commonAnnotations ?? null }]
      : body.alerts;
  const parsed = Body.safeParse({ ...body, alerts });
  if (!parsed.success) throw refused(parsed.error.issues);
  const common = toLabels(parsed.data.commonLabels);
  const status = toText(body.status) ?? toText(body.state);
  const groupKey = toText(body.groupKey, 8_192);
  const receiver = toText(body.receiver);
  const externalUrl = toLink(body.externalURL);
  const batch: AlertBatch = {
    sender,
    ...(groupKey !== undefined && { groupKey }),
    ...(receiver !== undefined && { receiver }),
    groupLabels: toLabels(parsed.data.groupLabels),
    commonLabels: common,
    commonAnnotations: toLabels(parsed.data.commonAnnotations, LONGEST_ANNOTATION),
    ...(externalUrl !== undefined && { externalUrl }),
    truncatedAlerts: parsed.data.truncatedAlerts,
    alerts: parsed.data.alerts.map((alert) => toAlert(alert, { receivedAt, status, commonLabels: common })),
  };
  return withLabels(batch);
}

function toApiBatch(body: readonly Json[], receivedAt: number): AlertBatch {
  const batch = toWebhookBatch('alertmanager', { alerts: body }, receivedAt);
  return {
    ...batch,
    commonLabels: commonLabels(batch.alerts.map(({ labels }) => labels)),
    commonAnnotations: commonLabels(batch.alerts.map(({ annotations }) => annotations)),
  };
}

/** An alert without any label cannot be told from another. */
function withLabels(batch: AlertBatch): AlertBatch {
  const nameless = batch.alerts.flatMap(({ labels }, index) =>
    Object.keys(labels).length === 0 ? [index] : [],
  );
  if (nameless.length === 0) return batch;
  throw refused(
    nameless.map((index) => ({ path: ['alerts', index, 'labels'], message: 'needs at least one label' })),
  );
}

function refused(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): InputError {
  const problems = issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  return new InputError('the body is not an alert webhook', problems);
}
