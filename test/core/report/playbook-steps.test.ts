import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/core/evidence.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { PlaybookDefinition } from '../../../src/core/playbook/playbook.ts';
import { playbookSteps } from '../../../src/core/report/playbook-steps.ts';
import type { Severity } from '../../../src/core/severity.ts';

const METRIC = 'docker.stats/cpu_ratio';

function steps(
  step: Readonly<Record<string, string>>,
  severity: Severity,
  findings: readonly Finding[],
  container?: string,
) {
  const playbook = PlaybookDefinition.parse({
    title: 'High CPU',
    description: 'The CPU is busy',
    steps: [{ title: 'CPU', probes: [{ probe: 'docker.stats' }] }],
    checks: [{ title: 'CPU', metric: METRIC, warning: { above: 1 } }],
    next_steps: [{ title: 'Step', ...step }],
  });
  return playbookSteps({
    playbook: { ...playbook, name: 'high-cpu' },
    severity,
    findings,
    evidence: container === undefined ? [] : [measured(container)],
  });
}

function measured(container: string): Evidence {
  return {
    status: 'collected',
    probe: 'docker.stats',
    target: 'container:api',
    targetKind: 'container',
    service: 'api',
    collectedAt: 0,
    durationMs: 1,
    metrics: [],
    facts: { container },
  };
}

function cpu(severity: Severity, metric = 'cpu_ratio'): Finding {
  return {
    severity,
    title: 'CPU',
    service: 'api',
    target: 'container:api',
    probe: 'docker.stats',
    metric,
    text: 'CPU',
    ...(severity !== 'unknown' && { value: 1 }),
  };
}

describe('playbookSteps', () => {
  it.each<[string, Readonly<Record<string, string>>, Severity, readonly Finding[], boolean]>([
    ['its number is a warning', { if: METRIC }, 'warning', [cpu('warning')], true],
    ['another number is critical', { if: METRIC }, 'critical', [cpu('ok'), cpu('critical', 'x')], false],
    [
      'its number was not measured',
      { if: METRIC },
      'critical',
      [cpu('unknown'), cpu('critical', 'x')],
      false,
    ],
    ['the run is less severe', { if: METRIC, when: 'critical' }, 'warning', [cpu('warning')], false],
    ['all is well, and it is for that', { if: METRIC, when: 'ok' }, 'ok', [cpu('ok')], true],
    ['it is for that, and nothing was measured', { if: METRIC, when: 'ok' }, 'warning', [], false],
    ['it hangs on no number', {}, 'warning', [], true],
  ])('is shown or not when %s', (_name, step, severity, findings, isShown) => {
    expect(steps(step, severity, findings)).toHaveLength(isShown ? 1 : 0);
  });

  it.each([
    ['api-1', 'docker stats api-1', 'docker start api-1'],
    ['a; reboot', "docker stats 'a; reboot'", "docker start 'a; reboot'"],
    [undefined, undefined, undefined],
  ])('fills the container %s in, or leaves the command out', (container, command, undo) => {
    const step = { if: METRIC, command: 'docker stats {container}', undo: 'docker start {container}' };
    const [advice] = steps(step, 'warning', [cpu('warning')], container);
    expect([advice?.command, advice?.undo]).toEqual([command, undo]);
  });

  it('fills the service in, and leaves the braces of other tools alone', () => {
    const step = { if: METRIC, command: "docker inspect --format '{{.Id}}' {service}" };
    expect(steps(step, 'warning', [cpu('warning')])[0]?.command).toBe(
      "docker inspect --format '{{.Id}}' api",
    );
  });
});
