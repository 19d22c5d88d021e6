import type { AlertBatch, Labels } from '../core/alert/alert.ts';
import { InputError, type Problem } from '../core/errors.ts';
import type { AlertParser } from './alert-parser.ts';
import { toWebhookBatch } from './alertmanager.ts';
import { type GenericAlert, toGenericAlert } from './generic-alert.ts';
import { badBody, isList, isObject, type Json, type JsonObject, parseJson } from './json.ts';
import { commonLabels, toLabels } from './labels.ts';

const MOST_EVENTS = 1_000;
const MOST_PROBLEMS = 20;

/** Lists under which senders put several events into one body. */
const LISTS = ['events', 'messages', 'incidents', 'items', 'records'];

/**
 * Any JSON that tells of an alert: one object, a list of them, CloudEvents, an SNS envelope. Fields are found by their
 * usual names; a body of Alertmanager's shape is read as such.
 */
export const parseGeneric: AlertParser = (raw, receivedAt) => {
  const body = unwrapEnvelope(parseJson(raw));
  if (
    isObject(body) &&
    isList(body.alerts) &&
    body.alerts.every((alert) => isObject(alert) && isObject(alert.labels))
  ) {
    return toWebhookBatch('generic', body, receivedAt);
  }
  const events = eventsOf(body);
  if (events.length > MOST_EVENTS)
    throw badBody(`the body holds ${events.length} events; send at most ${MOST_EVENTS}`);
  const found: GenericAlert[] = [];
  const problems: Problem[] = [];
  for (const [index, event] of events.entries()) {
    const path = isList(body) ? String(index) : '';
    const alert = isObject(event)
      ? toGenericAlert(toJsonObject(unwrapEnvelope(event)), receivedAt)
      : undefined;
    if (alert === undefined)
      problems.push({ path, message: isObject(event) ? NAMELESS : 'must be an object' });
    else found.push(alert);
  }
  if (problems.length > 0)
    throw new InputError('the body tells of no alert', problems.slice(0, MOST_PROBLEMS));
  return toBatch(found);
};

const NAMELESS =
  'nothing here names an alert; send at least {"title": "…"}, better also status, severity, service and description';

/** An alert with an identity of its own is a group of its own; others are grouped by what their labels share. */
function toBatch(found: readonly GenericAlert[]): AlertBatch {
  const alerts = found.map(({ alert }) => alert);
  const common = commonLabels(alerts.map(({ labels }) => labels));
  const [only] = found;
  return {
    sender: 'generic',
    ...(found.length === 1 && only?.hasOwnKey && { groupKey: `alert:${only.alert.fingerprint}` }),
    groupLabels: groupLabelsOf(common),
    commonLabels: common,
    commonAnnotations: commonLabels(alerts.map(({ annotations }) => annotations)),
    truncatedAlerts: 0,
    alerts,
  };
}

function groupLabelsOf({ alertname }: Labels): Labels {
  return toLabels({ alertname: alertname ?? null });
}

function eventsOf(body: Json): readonly Json[] {
  if (isList(body)) return body;
  if (!isObject(body)) throw badBody('the body must be an object or a list of objects');
  for (const name of LISTS) {
    const list = body[name];
    if (isList(list) && list.length > 0 && list.every(isObject)) return list;
  }
  return [body];
}

/** Amazon SNS puts the message as text into its envelope. */
function unwrapEnvelope(body: Json): Json {
  if (!isObject(body) || typeof body.TopicArn !== 'string') return body;
  if (body.Type === 'SubscriptionConfirmation') {
    throw badBody(
      'SNS asks to confirm the subscription: open the SubscribeURL of this message once in a browser',
    );
  }
  if (typeof body.Message !== 'string') return body;
  const text: JsonObject = {
    title: body.Subject ?? body.Message,
    message: body.Message,
    timestamp: body.Timestamp ?? null,
  };
  if (!/^\s*\{/.test(body.Message)) return text;
  try {
    return parseJson(body.Message);
  } catch {
    return text;
  }
}

function toJsonObject(body: Json): JsonObject {
  return isObject(body) ? body : { message: body };
}
