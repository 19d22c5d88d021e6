import type { Labels } from '../core/alert/alert.ts';
import { findField, findText, type Levels, objectsOf, textOf } from './generic-fields.ts';
import { FIELDS } from './generic-names.ts';
import { toSeverity, toStatus } from './generic-words.ts';
import { isList, isObject, type Json } from './json.ts';
import { mergeLabels, toLabels } from './labels.ts';

const LABEL_MAPS = ['commonLabels', 'labels', 'tags', 'dimensions'];

/** Labels that the body lists, and those that perfbot looks for, found under their usual names. */
export function labelsOf(levels: Levels, title: string): Labels {
  const severity = findText(levels, FIELDS.severity);
  const found = toLabels({
    alertname: ruleName(levels) ?? title,
    severity: severity === undefined ? null : toSeverity(severity),
    service: findText(levels, FIELDS.service) ?? null,
    instance: findText(levels, FIELDS.host) ?? null,
    container: findText(levels, FIELDS.container) ?? null,
    pod: findText(levels, FIELDS.pod) ?? null,
    job: findText(levels, FIELDS.job) ?? null,
    environment: findText(levels, FIELDS.environment) ?? null,
  });
  return mergeLabels(
    ...objectsOf(levels).flatMap((object) => LABEL_MAPS.map((map) => labelMap(object[map]))),
    found,
  );
}

/** A state is no name: some senders put it into a field that elsewhere names the rule. */
function ruleName(levels: Levels): string | undefined {
  const field = findField(levels, FIELDS.name, (value) => {
    const text = textOf(value);
    return text !== undefined && toStatus(text) === undefined;
  });
  return field && textOf(field.value);
}

/** Labels as an object, as `key:value` texts, or as a list of `{key, value}`. */
function labelMap(value: Json | undefined): Labels {
  if (isObject(value))
    return toLabels(
      Object.fromEntries(Object.entries(value).filter(([, member]) => typeof member !== 'object')),
    );
  const pairs: Record<string, Json> = Object.create(null);
  for (const item of isList(value) ? value : []) {
    const [name, text] = labelPair(item);
    if (name !== undefined && text !== undefined) pairs[name] = text;
  }
  return toLabels(pairs);
}

function labelPair(item: Json): readonly (string | undefined)[] {
  if (isObject(item)) return [textOf(item.key ?? item.name), textOf(item.value)];
  return typeof item === 'string' ? (/^([\w.-]{1,80})[:=](.+)$/.exec(item) ?? []).slice(1) : [];
}
