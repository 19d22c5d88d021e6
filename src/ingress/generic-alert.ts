import type { Alert, Labels } from '../core/alert/alert.ts';
import { labelFingerprint } from '../core/alert/fingerprint.ts';
import { findField, findText, type Levels, levelsOf, objectsOf, textOf, toName } from './generic-fields.ts';
import { labelsOf } from './generic-labels.ts';
import { FIELDS } from './generic-names.ts';
import { splitTitle, toStatus } from './generic-words.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { LONGEST_ANNOTATION, mergeLabels, toLabels, toLink } from './labels.ts';
import { toStart, toTimestamp } from './timestamp.ts';

const ANNOTATION_MAPS = ['commonAnnotations', 'annotations'];

/** An alert, and whether the sender itself gave it an identity. */
export interface GenericAlert {
  readonly alert: Alert;
  readonly hasOwnKey: boolean;
}

/** An alert from any object; undefined when nothing in it names one. */
export function toGenericAlert(body: JsonObject, receivedAt: number): GenericAlert | undefined {
  const levels = levelsOf(body);
  const title = findText(levels, FIELDS.title) ?? eventName(body);
  if (title === undefined) return undefined;
  const { name, status: titleStatus } = splitTitle(title);
  const labels = labelsOf(levels, name);
  const resolved = (statusOf(levels) ?? titleStatus) === 'resolved';
  const startsAt = toStart(
    findField(levels, FIELDS.startsAt, (value) => toTimestamp(value) !== undefined)?.value,
    receivedAt,
  );
  const endsAt = toTimestamp(
    findField(levels, FIELDS.endsAt, (value) => toTimestamp(value) !== undefined)?.value,
  );
  const generatorUrl = toLink(findField(levels, FIELDS.link, isLink)?.value);
  const links = linksOf(levels);
  const key = ownKey(levels);
  const alert: Alert = {
    status: resolved ? 'resolved' : 'firing',
    labels,
    annotations: annotationsOf(levels, name),
    startsAt,
    ...(resolved && { endsAt: Math.max(startsAt, endsAt ?? startsAt) }),
    fingerprint: key ?? labelFingerprint(withoutSeverity(labels)),
    ...(generatorUrl !== undefined && { generatorUrl }),
    ...(links.length > 0 && { links }),
  };
  return { alert, hasOwnKey: key !== undefined };
}

/** CloudEvents name what happened in `type` and where in `subject` or `source`. */
function eventName(body: JsonObject): string | undefined {
  const type =
    body.specversion !== undefined || body.event_type !== undefined
      ? textOf(body.type ?? body.event_type)
      : undefined;
  const where = textOf(body.subject) ?? textOf(body.source);
  return type && where ? `${type} ${where}` : type;
}

function statusOf(levels: Levels): 'firing' | 'resolved' | undefined {
  const heartbeat = levels[0]?.objects[0]?.heartbeat;
  if (isObject(heartbeat) && typeof heartbeat.status === 'number')
    return heartbeat.status === 1 ? 'resolved' : 'firing';
  const field = findField(levels, FIELDS.status, (value) => toStatus(textOf(value) ?? '') !== undefined);
  return field && toStatus(textOf(field.value) ?? '');
}

function annotationsOf(levels: Levels, title: string): Labels {
  const given = objectsOf(levels).flatMap((object) =>
    ANNOTATION_MAPS.map((map) => toLabels(object[map], LONGEST_ANNOTATION)),
  );
  return mergeLabels(
    toLabels(
      {
        description: findText(levels, FIELDS.description) ?? null,
        metric: findText(levels, FIELDS.metric) ?? null,
        value: findText(levels, FIELDS.value) ?? null,
        threshold: findText(levels, FIELDS.threshold) ?? null,
      },
      LONGEST_ANNOTATION,
    ),
    toLabels({ summary: title }),
    ...given,
  );
}

/** The sender's own identity of what is wrong, as a fingerprint. */
function ownKey(levels: Levels): string | undefined {
  const field = findField(levels, FIELDS.key) ?? idOfThing(levels);
  const key = field && textOf(field.value);
  if (field === undefined || key === undefined) return undefined;
  return /^[0-9a-f]{16}$/.test(key) ? key : labelFingerprint({ [toName(field.key)]: key });
}

/** Everything that names the alert; its severity may change while it is the same. */
function withoutSeverity(labels: Labels): Labels {
  return toLabels(Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'severity')));
}

/** `id` counts only inside an object that stands for the thing itself: that of an event is new with every event. */
function idOfThing(levels: Levels): { readonly key: string; readonly value: Json } | undefined {
  for (const object of objectsOf(levels)) {
    for (const name of ['incident', 'issue', 'alert', 'monitor', 'problem', 'data']) {
      const thing = object[name];
      if (isObject(thing) && textOf(thing.id) !== undefined)
        return { key: `${name}id`, value: thing.id ?? null };
    }
  }
  return undefined;
}

function linksOf(levels: Levels): readonly { readonly title: string; readonly url: string }[] {
  return (['runbook', 'dashboard'] as const).flatMap((kind) => {
    const url = toLink(findField(levels, FIELDS[kind], isLink)?.value);
    return url === undefined ? [] : [{ title: kind === 'runbook' ? 'Runbook' : 'Dashboard', url }];
  });
}

function isLink(value: Json): boolean {
  return toLink(value) !== undefined;
}
