import { describe, expect, it } from 'vitest';
import { playbookForAlert } from '../../../src/core/playbook/match-alert.ts';
import type { AlertMatcher, Playbook } from '../../../src/core/playbook/playbook.ts';

function playbook(name: string, alerts: readonly AlertMatcher[], fallback = false): Playbook {
  return {
    name,
    title: name,
    description: name,
    triggers: { alerts: [...alerts], symptoms: [], fallback },
    overview: false,
    deadline: 1000,
    steps: [],
    checks: [],
    next_steps: [],
    explains: [],
  };
}

const PLAYBOOKS = [
  playbook('cpu', [{ alertname: { regex: 'High(CPU|Load).*' } }]),
  playbook('db-cpu', [{ alertname: { regex: '.*CPU.*' }, service: 'db' }]),
  playbook('exact', [{ alertname: 'HighCPUTemperature' }]),
  playbook('any', [], true),
];

describe('playbookForAlert', () => {
  it.each([
    [{ alertname: 'HighCPUUsage' }, 'cpu'],
    [{ alertname: 'HighCPUUsage', service: 'db' }, 'db-cpu'],
    [{ alertname: 'HighCPUTemperature' }, 'exact'],
    [{ alertname: 'HighCPUUsage', playbook: 'exact' }, 'exact'],
    [{ alertname: 'HighCPUUsage', playbook: 'unknown' }, 'cpu'],
    [{ alertname: 'NotHighCPU' }, 'any'],
    [{}, 'any'],
  ] as const)('%o runs %s', (labels, expected) => {
    expect(playbookForAlert(PLAYBOOKS, labels)?.name).toBe(expected);
  });

  it('has none without a match and a fallback', () => {
    expect(playbookForAlert(PLAYBOOKS.slice(0, 3), { alertname: 'Other' })).toBeUndefined();
  });
});
