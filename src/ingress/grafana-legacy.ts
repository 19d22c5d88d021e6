import type { Alert, AlertBatch } from '../core/alert/alert.ts';
import { labelFingerprint } from '../core/alert/fingerprint.ts';
import { isList, isObject, type Json, type JsonObject } from './json.ts';
import { commonLabels, LONGEST_ANNOTATION, mergeLabels, toLabels, toLink, toText } from './labels.ts';
import { toStart } from './timestamp.ts';

const MOST_VALUES = 10;

/** True for the webhook of Grafana's alerting before version 9. */
export function isLegacyGrafana(body: Json): body is JsonObject {
  return (
    isObject(body) &&
    body.alerts === undefined &&
    (body.evalMatches !== undefined || body.ruleName !== undefined)
  );
}

/**
 * One alert for the whole rule: when it is over the sender names no series any more, so the rule is the only identity
 * that firing and resolved share.
 */
export function toLegacyBatch(sender: string, body: JsonObject, receivedAt: number): AlertBatch {
  const rule = toText(body.ruleId) ?? toText(body.ruleName) ?? toText(body.title) ?? 'unknown';
  const identity = `${toText(body.orgId) ?? '1'}:${rule}`;
  const matches = isList(body.evalMatches) ? body.evalMatches.filter(isObject) : [];
  const labels = mergeLabels(commonLabels(matches.map(({ tags }) => toLabels(tags))), toLabels(body.tags), {
    alertname: toText(body.ruleName) ?? toText(body.title) ?? 'Grafana alert',
  });
  const alerts =
    toText(body.state) === 'pending' ? [] : [toRuleAlert(body, { identity, labels, matches, receivedAt })];
  return {
    sender,
    groupKey: `legacy:${identity}`,
    groupLabels: toLabels({ alertname: labels.alertname ?? '' }),
    commonLabels: labels,
    commonAnnotations: alerts[0]?.annotations ?? toLabels(null),
    truncatedAlerts: 0,
    alerts,
  };
}

interface Rule {
  readonly identity: string;
  readonly labels: Alert['labels'];
  readonly matches: readonly JsonObject[];
  readonly receivedAt: number;
}

function toRuleAlert(body: JsonObject, { identity, labels, matches, receivedAt }: Rule): Alert {
  const values = matches
    .slice(0, MOST_VALUES)
    .map(({ metric, value }) => `${toText(metric) ?? 'value'} = ${toText(value) ?? 'no data'}`);
  const generatorUrl = toLink(body.ruleUrl);
  const image = toLink(body.imageUrl);
  return {
    status: /^(?:ok|paused)$/i.test(toText(body.state) ?? '') ? 'resolved' : 'firing',
    labels,
    annotations: toLabels(
      { summary: body.title ?? null, description: body.message ?? null, values: values.join(', ') },
      LONGEST_ANNOTATION,
    ),
    startsAt: toStart(undefined, receivedAt),
    fingerprint: labelFingerprint({ grafana_rule: identity }),
    ...(generatorUrl !== undefined && { generatorUrl }),
    ...(image !== undefined && { links: [{ title: 'Image', url: image }] }),
  };
}
