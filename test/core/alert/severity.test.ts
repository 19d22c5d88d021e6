import { describe, expect, it } from 'vitest';
import { alertTitle, labelSeverity } from '../../../src/core/alert/severity.ts';

describe('labelSeverity', () => {
  it.each([
    [{ severity: 'critical' }, 'critical'],
    [{ severity: 'Page' }, 'critical'],
    [{ priority: 'P1' }, 'critical'],
    [{ severity: 'warning' }, 'warning'],
    [{ severity: 'info' }, 'warning'],
    [{}, 'warning'],
  ] as const)('%o is %s', (labels, expected) => {
    expect(labelSeverity(labels)).toBe(expected);
  });
});

describe('alertTitle', () => {
  it.each([
    ['HighResponseTime', 'High response time'],
    ['HighCPUUsage', 'High CPU usage'],
    ['disk_full', 'disk full'],
    ['Already in words', 'Already in words'],
  ])('%s becomes %s', (alertname, expected) => {
    expect(alertTitle({ labels: { alertname }, annotations: {} })).toBe(expected);
  });

  it('says so when there is no name', () => {
    expect(alertTitle({ labels: {}, annotations: {} })).toBe('Alert without a name');
  });
});
