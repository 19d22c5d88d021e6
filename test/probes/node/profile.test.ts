import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cause } from '../../../src/core/diagnosis/cause.ts';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import type { CollectedEvidence } from '../../../src/core/evidence.ts';
import { nodeCpuProfileProbe } from '../../../src/probes/node/cpu-profile.ts';
import { nodeHeapProfileProbe } from '../../../src/probes/node/heap-profile.ts';
import { nodeRuntimeProbe } from '../../../src/probes/node/runtime.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import type { TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { numbers } from '../docker/collect.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';
import { FAULTY_PROGRAM, type Fault, FULL_HEAP_PROGRAM, lineOf, SMALL_HEAP } from './faulty-program.ts';
import { listening, nodeTarget, openNode, startProgram } from './node-container.ts';

describeWith(['docker'], 'node profiles', () => {
  const node = openNode();
  const cpu = nodeCpuProfileProbe(node);
  const heap = nodeHeapProfileProbe(node);
  const runtime = nodeRuntimeProbe(node);
  let app: TestContainer;
  let other: TestContainer;
  let full: TestContainer;
  /** What was seen of each fault while it was there. */
  const seen = new Map<Fault | 'idle' | 'fullHeap', readonly CollectedEvidence[]>();

  beforeAll(async () => {
    [app, other, full] = await Promise.all([
      startProgram(FAULTY_PROGRAM),
      startProgram(FAULTY_PROGRAM),
      startProgram(FULL_HEAP_PROGRAM, { cmd: ['node', ...SMALL_HEAP, '/app/app.js'] }),
    ]);
    await refuseToLook(full);
    // Three containers at a time: each look takes turns with the others at its own one.
    await Promise.all([
      (async () => {
        seen.set('idle', [await look(app, cpu)]);
        await produce(app, 'retainSession', [heap, 1000], [runtime, 2500]);
        await produce(app, 'hotLoop', [cpu, 1000]);
        await produce(app, 'sumPrices', [cpu, 1000]);
      })(),
      (async () => {
        await produce(other, 'rebuildIndex', [runtime, 2000], [cpu, 2000]);
        await produce(other, 'cloneCatalogue', [cpu, 1000]);
        await produce(other, 'hashPassword', [cpu, 1000]);
        await produce(other, 'none');
      })(),
      (async () => {
        seen.set('fullHeap', [
          await look(full, runtime, 2000),
          await look(full, cpu),
          await look(full, heap),
        ]);
      })(),
    ]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([app, other, full].map((container) => container?.remove()));
    await node.close();
  });

  async function produce(
    container: TestContainer,
    fault: Fault,
    ...looks: readonly (readonly [typeof cpu, number])[]
  ): Promise<void> {
    await container.exec('sh', '-c', `echo ${fault} > /tmp/fault; sleep 0.3`);
    const evidence: CollectedEvidence[] = [];
    for (const [probe, window] of looks) evidence.push(await look(container, probe, window));
    seen.set(fault, evidence);
  }

  async function look(container: TestContainer, probe: typeof cpu, window = 1000) {
    return collected(await observe(probe, nodeTarget(container.name), { window }));
  }

  /** Nothing is sent to a process without consent: no connection to its inspector was ever made. */
  async function refuseToLook(container: TestContainer): Promise<void> {
    for (const probe of [cpu, heap]) {
      const refused = nodeTarget(container.name, false);
      expect(probe.mayLookAt?.(refused, {})).toBe(false);
      expect(await observe(probe, refused)).toMatchObject({ reason: 'not_configured' });
    }
    expect(await container.exec('cat', '/proc/1/net/tcp')).not.toContain(':240D');
  }

  /** What perfbot would name after these looks. */
  function causeOf(fault: Parameters<typeof seen.get>[0]): Cause | undefined {
    const evidence = seen.get(fault) ?? [];
    const services = [...new Set(evidence.map(({ service }) => service))].map((name) =>
      serviceNamed(name, 'node'),
    );
    return diagnose(RULES, factsFrom(evidence, services, services[0])).causes[0];
  }

  function evidenceOf(fault: Parameters<typeof seen.get>[0], probe: string): CollectedEvidence {
    return collected(seen.get(fault)?.find((evidence) => evidence.probe === probe));
  }

  for (const [name, probe, tables, metrics] of [
    [
      'node.cpu_profile',
      cpu,
      ['hot_functions', 'hot_lines', 'flame'],
      ['event_loop_utilisation', 'samples', 'busy_ratio', 'hottest_share', 'gc_share', 'pause_ms'],
    ],
    [
      'node.heap_profile',
      heap,
      ['allocation_sites', 'flame'],
      [
        'samples',
        'sampled_bytes',
        'sampled_bytes_per_second',
        'largest_site_bytes',
        'largest_site_share',
        'heap_growth_bytes',
        'heap_growth_bytes_per_second',
        'heap_after_gc_bytes',
        'heap_after_gc_ratio',
        'pause_ms',
      ],
    ],
  ] as const) {
    describe(name, () => {
      probeContract({
        healthy: () => ({ probe, target: nodeTarget(app.name) }),
        metrics,
        tables,
        params: { window: '1s' },
      });
    });
  }

  it('finds nothing in an idle process', () => {
    const idle = numbers(evidenceOf('idle', 'node.cpu_profile'));
    expect(idle.busy_ratio).toBeLessThan(0.3);
    expect(idle.samples).toBeGreaterThan(100);
    expect(causeOf('idle')).toBeUndefined();
  });

  it.each([
    ['hotLoop', 'app.cpu_hot_function'],
    ['rebuildIndex', 'app.event_loop_block'],
    ['cloneCatalogue', 'app.large_json'],
    ['hashPassword', 'app.sync_crypto'],
    ['retainSession', 'app.memory_leak'],
  ] as const)('names %s and its line: %s', (fault, id) => {
    const cause = causeOf(fault);
    expect(cause).toMatchObject({ id });
    expect(cause?.summary).toContain(`${fault} (app.js:${lineOf(fault)})`);
  });

  it('shows the busiest line, and in which built-in the time passes', () => {
    expect(JSON.stringify(causeOf('hotLoop')?.evidence)).toContain('Math.sqrt(i)');
    expect(JSON.stringify(causeOf('hashPassword')?.evidence)).toContain('pbkdf2Sync (node:internal/crypto');
  });

  it('leads to the hot line: in the function, or it says that V8 inlined what takes the time', () => {
    const loop = `app.js:${lineOf('hotLoop') + 2}: for (let i = 0; i < 4e6; i++) sum += Math.sqrt(i) % 7;`;
    const [hottest] = rowsOf(evidenceOf('hotLoop', 'node.cpu_profile'), 'hot_lines');
    expect(hottest).toMatchObject({ line: loop, function: `hotLoop (app.js:${lineOf('hotLoop')})` });
    expect(hottest?.share).toBeGreaterThan(0.5);
    expect(causeOf('hotLoop')?.evidence).toContainEqual(
      expect.objectContaining({ text: `the busiest line there: ${loop}` }),
    );
  });

  it('leads to a hot line that V8 inlined, or says that it did', () => {
    const cause = causeOf('sumPrices');
    // Node 20 has the line of the function inside, and knows that function only where it has also run by itself.
    expect(cause?.summary).toMatch(/^(?:sumPrices \(app\.js:24\)|priceOf \(app\.js:21\)) takes/);
    expect(cause?.evidence.find(({ text }) => text.startsWith('the busiest line'))?.text).toMatch(
      /: (?:app\.js:22: return Math\.cbrt|app\.js:26: for \(let id|code that V8 inlined into it$)/,
    );
  });

  it('tells a full heap from a hot function and from a leak', () => {
    expect(causeOf('fullHeap')).toMatchObject({ id: 'app.gc_thrash' });
    expect(numbers(evidenceOf('fullHeap', 'node.cpu_profile')).gc_share).toBeGreaterThan(0.3);
  });

  it.each([
    ['hotLoop', 'node.cpu_profile'],
    ['retainSession', 'node.heap_profile'],
  ] as const)('has a call tree to draw: %s', (fault, probe) => {
    const bars = rowsOf(evidenceOf(fault, probe), 'flame').map(({ depth, start, width, frame }) => ({
      depth: Number(depth),
      start: Number(start),
      end: Number(start) + Number(width),
      frame,
    }));
    expect(bars.find(({ frame }) => frame === fault)?.depth).toBeGreaterThan(1);
    for (const bar of bars.filter(({ depth }) => depth > 0)) {
      const callers = bars.filter(
        ({ depth, start, end }) =>
          depth === bar.depth - 1 && start <= bar.start + 1e-5 && end >= bar.end - 1e-5,
      );
      expect(callers, `the caller of ${bar.frame}`).toHaveLength(1);
    }
  });

  it('leaves the processes as they were', async () => {
    for (const container of [app, other, full]) {
      expect(await listening(container)).toEqual([]);
      expect(await container.inspect('{{.State.Running}} {{.RestartCount}}')).toBe('true 0');
    }
  });
});
