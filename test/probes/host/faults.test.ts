import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Diagnosis, diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { type CollectedEvidence, metricValue } from '../../../src/core/evidence.ts';
import { hostDiskProbe } from '../../../src/probes/host/disk.ts';
import { openHost } from '../../../src/probes/host/host-files.ts';
import { hostLoadProbe } from '../../../src/probes/host/load.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';

const TARGET = { kind: 'host', id: 'host:host', service: 'host', zone: 'default' } as const;
const WINDOW = { window: 2000 };

function conclude(evidence: CollectedEvidence): Diagnosis {
  return diagnose(RULES, factsFrom([evidence], [serviceNamed('host', 'host')]));
}

/** Runs a command several times at once until the test ends. */
function keepRunning(count: number, command: string, argumentsOf: (index: number) => readonly string[]) {
  const children: ChildProcess[] = [];
  for (let index = 0; index < count; index += 1)
    children.push(spawn(command, argumentsOf(index), { stdio: 'ignore' }));
  onTestFinished(async () => {
    const ends = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ends);
  });
  return children;
}

describe('faults of a real machine', () => {
  it('host.cpu_saturation: more work than the machine has CPUs', async () => {
    const busy = keepRunning(availableParallelism() + 4, 'sh', () => ['-c', 'while :; do :; done']);
    const seen = collected(await observe(hostLoadProbe(openHost({})), TARGET, WINDOW));
    expect(metricValue(seen, 'cpu_busy_ratio')).toBeGreaterThan(0.9);
    const seenIds = rowsOf(seen, 'processes').map(({ pid }) => String(pid));
    expect(busy.some(({ pid }) => seenIds.includes(String(pid)))).toBe(true);
    const [cause] = conclude(seen).causes;
    expect(cause?.id).toBe('host.cpu_saturation');
    expect(cause?.evidence.map(({ metric }) => metric)).toContain('cpu_busy_ratio');
  });

  it('host.disk_io: writers that wait for the disk after each block', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfbot-disk-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    keepRunning(8, 'dd', (index) => [
      'if=/dev/zero',
      `of=${join(directory, `block-${index}`)}`,
      'bs=16k',
      'count=1000000',
      'oflag=dsync',
    ]);
    const seen = collected(await observe(hostDiskProbe(openHost({})), TARGET, WINDOW));
    expect(metricValue(seen, 'io_pressure_some_ratio')).toBeGreaterThan(0.2);
    expect(rowsOf(seen, 'devices')[0]?.writes_per_second).toBeGreaterThan(10);
    const [cause, ...others] = conclude(seen).causes;
    expect([cause?.id, others]).toEqual(['host.disk_io', []]);
    // A fast disk is not busy all the time although work waits for it: then the rule is less sure, and says why.
    const isBusy =
      (metricValue(seen, 'disk_util_ratio') ?? 0) >= 0.8 || (metricValue(seen, 'disk_await_ms') ?? 0) >= 100;
    expect(cause?.confidence).toSatisfy((confidence: number) => confidence >= 0.5 === isBusy);
    expect(cause?.against.length).toBe(isBusy ? 0 : 1);
  });
});
