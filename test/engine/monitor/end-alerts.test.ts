import { describe, expect, it } from 'vitest';
import type { CollectedEvidence } from '../../../src/core/evidence.ts';
import { judgeEvidence } from '../../../src/core/monitor/judge-evidence.ts';
import { endDropped } from '../../../src/engine/monitor/end-alerts.ts';

const NOW = 1_700_000_000_000;
const LOOK: CollectedEvidence = {
  status: 'collected',
  probe: 'prometheus.query',
  target: 'prometheus:shop',
  targetKind: 'prometheus',
  service: 'shop',
  collectedAt: NOW,
  durationMs: 1,
  metrics: [{ name: 'throughput_per_minute', value: 10, unit: 'per_minute' }],
};
const FIRING = {
  target: LOOK.target,
  rule: 'LowThroughput/warning/prometheus.query',
  state: { phase: 'firing', firedAt: NOW - 1000, seenFine: true, told: true },
  sent: {
    alert: {
      status: 'firing',
      labels: { alertname: 'LowThroughput', service: 'shop' },
      annotations: {},
      fingerprint: 'f',
      startsAt: NOW - 1000,
    },
    lane: undefined,
  },
} as const;
const judged = (target: number | undefined, evidence = LOOK) =>
  judgeEvidence(
    { source: 'configured', kpis: target === undefined ? {} : { throughput_per_minute: target } },
    evidence,
    () => undefined,
  );

describe('endDropped', () => {
  it('ends the alert of a target that services.yaml does not name any more', () => {
    expect(endDropped([FIRING], judged(undefined), NOW)).toMatchObject([
      {
        send: [
          { alert: { status: 'resolved', annotations: { summary: 'There is no target for it any more.' } } },
        ],
        changed: { rule: FIRING.rule, state: { told: false }, sent: undefined },
      },
    ]);
  });

  it.each([
    ['that is named still', [FIRING], judged(20)],
    ['nobody looked at', [FIRING], judged(undefined, { ...LOOK, target: 'prometheus:other' })],
    ['another probe looked at', [FIRING], judged(undefined, { ...LOOK, probe: 'http.timing' })],
    ['that was not told', [{ ...FIRING, state: { ...FIRING.state, told: false } }], judged(undefined)],
  ])('leaves the alert of a target %s', (_what, stored, looks) => {
    expect(endDropped(stored, looks, NOW)).toEqual([]);
  });
});
