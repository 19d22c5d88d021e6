import type { Alert, Labels } from '../core/alert/alert.ts';
import { labelFingerprint } from '../core/alert/fingerprint.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import { LONGEST_ANNOTATION, mergeLabels, toLabels, toLink, toText } from './labels.ts';
import { toStart, toTimestamp } from './timestamp.ts';

/** Addresses beside the generator that Grafana and annotations give, with the title people see. */
const LINK_FIELDS: readonly (readonly [field: string, title: string])[] = [
  ['dashboardURL', 'Dashboard'],
  ['panelURL', 'Panel'],
  ['silenceURL', 'Silence'],
  ['imageURL', 'Image'],
];
const LINK_ANNOTATIONS: readonly (readonly [annotation: string, title: string])[] = [
  ['runbook_url', 'Runbook'],
  ['runbook', 'Runbook'],
  ['dashboard_url', 'Dashboard'],
  ['dashboard', 'Dashboard'],
];

export interface AlertContext {
  readonly receivedAt: number;
  /** Used where the alert itself has no status. */
  readonly status: string | undefined;
  /** Used where the alert itself has no labels. */
  readonly commonLabels: Labels;
}

/** One alert of an Alertmanager or Grafana body; its fields may be missing or of any type. */
export function toAlert(body: JsonObject, { receivedAt, status, commonLabels }: AlertContext): Alert {
  const own = toLabels(body.labels);
  const labels = mergeLabels(
    seriesLabels(body.valueString),
    Object.keys(own).length > 0 ? own : commonLabels,
  );
  const annotations = withDatasourceSummary(labels, toLabels(body.annotations, LONGEST_ANNOTATION));
  const startsAt = toStart(body.startsAt, receivedAt);
  const endsAt = toTimestamp(body.endsAt);
  const resolved = isResolved(toText(body.status) ?? status, endsAt, receivedAt);
  const generatorUrl = toLink(body.generatorURL);
  const links = linksOf(body, annotations);
  return {
    status: resolved ? 'resolved' : 'firing',
    labels,
    annotations,
    startsAt,
    ...(resolved && endsAt !== undefined && { endsAt: Math.max(startsAt, endsAt) }),
    fingerprint: toText(body.fingerprint, 128) ?? labelFingerprint(labels),
    ...(generatorUrl !== undefined && { generatorUrl }),
    ...(links.length > 0 && { links }),
  };
}

/** Without a word on it, an alert is over when its end has passed (Alertmanager's API v2). */
function isResolved(status: string | undefined, endsAt: number | undefined, receivedAt: number): boolean {
  if (status !== undefined) return /^(?:resolved|ok|normal|inactive)$/i.test(status);
  return endsAt !== undefined && endsAt <= receivedAt;
}

function linksOf(body: JsonObject, annotations: Labels): readonly { title: string; url: string }[] {
  const candidates: readonly (readonly [string, Json | undefined])[] = [
    ...LINK_FIELDS.map(([field, title]) => [title, body[field]] as const),
    ...LINK_ANNOTATIONS.map(([name, title]) => [title, annotations[name]] as const),
  ];
  const links: { title: string; url: string }[] = [];
  for (const [title, value] of candidates) {
    const url = toLink(value);
    if (url !== undefined && !links.some((link) => link.url === url)) links.push({ title, url });
  }
  return links;
}

/**
 * Labels of the series that Grafana names only in `valueString`, for example
 * `[ var='A' labels={instance=web-1, job=node} value=2 ]`. Only those that all its series agree on.
 */
function seriesLabels(valueString: Json | undefined): Labels {
  const labels: Record<string, string> = Object.create(null);
  if (typeof valueString !== 'string') return labels;
  const conflicting = new Set<string>();
  for (const [, list = ''] of valueString.slice(0, 20_000).matchAll(/labels=\{([^{}]*)\}/g)) {
    for (const [, name = '', value = ''] of list.matchAll(/([A-Za-z_]\w*)=([^,]*)/g)) {
      if (labels[name] !== undefined && labels[name] !== value) conflicting.add(name);
      labels[name] = value;
    }
  }
  for (const name of conflicting) delete labels[name];
  return labels;
}

/** Grafana renames an alert whose query gave nothing or failed; the rule that it stands for is in `rulename`. */
function withDatasourceSummary(labels: Labels, annotations: Labels): Labels {
  const problem = { DatasourceNoData: 'gave no data', DatasourceError: 'failed' }[labels.alertname ?? ''];
  if (problem === undefined || annotations.summary !== undefined) return annotations;
  return mergeLabels(annotations, {
    summary: `The query of the rule "${labels.rulename ?? 'unknown'}" ${problem}`,
  });
}

/** True for a body that holds alerts in Alertmanager's shape. */
export function hasAlerts(body: Json): body is JsonObject {
  return isObject(body) && (Array.isArray(body.alerts) || isObject(body.commonLabels));
}
