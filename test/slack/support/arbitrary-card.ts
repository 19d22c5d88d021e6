import fc from 'fast-check';
import { SEVERITIES } from '../../../src/core/severity.ts';
import type { AlertGroup } from '../../../src/engine/ports/group-store.ts';
import type { AlertCard, Progress, RunCard } from '../../../src/engine/ports/renderer.ts';
import { arbitraryReport } from './arbitrary-report.ts';
import { hostileNumber as number, hostileText as text } from './hostile.ts';

const maybe = <T>(item: fc.Arbitrary<T>) => fc.option(item, { nil: undefined });
const labels = fc.dictionary(text, text, { maxKeys: 20 });

const group: fc.Arbitrary<AlertGroup> = fc.record({
  id: fc.uuid(),
  identity: text,
  sender: text,
  title: text,
  severity: fc.constantFrom(...SEVERITIES),
  service: maybe(text),
  playbook: maybe(text),
  state: fc.constantFrom('firing' as const, 'resolved' as const),
  channel: text,
  labels,
  annotations: fc.oneof(labels, fc.record({ summary: text }), fc.record({ description: text })),
  links: fc.array(fc.record({ title: text, url: fc.oneof(text, fc.webUrl()) }), { maxLength: 15 }),
  firing: fc.nat(),
  resolved: fc.nat(),
  truncated: fc.nat(),
  startedAt: number,
  resolvedAt: maybe(number),
  acknowledgedBy: maybe(fc.oneof(text, fc.constant('U012AB3CD'))),
  acknowledgedAt: maybe(number),
  reopened: fc.nat(),
  lastRunId: maybe(fc.uuid()),
  version: fc.nat(),
});

const progress: fc.Arbitrary<Progress> = fc.record({
  steps: fc.array(
    fc.record({
      title: text,
      state: fc.constantFrom('waiting' as const, 'running' as const, 'done' as const, 'unavailable' as const),
    }),
    { maxLength: 40 },
  ),
  secondsLeft: number,
});

const state = fc.record({ progress, report: arbitraryReport, failure: text }, { requiredKeys: [] });

export const arbitraryAlertCard: fc.Arbitrary<AlertCard> = fc
  .tuple(fc.record({ group, now: number }), state)
  .map(([base, more]) => ({ ...base, ...more }));

export const arbitraryRunCard: fc.Arbitrary<RunCard> = fc
  .tuple(
    fc.record({
      runId: fc.uuid(),
      title: text,
      playbook: text,
      service: maybe(text),
      requestedBy: maybe(text),
      now: number,
    }),
    state,
  )
  .map(([base, more]) => ({ ...base, ...more }));
