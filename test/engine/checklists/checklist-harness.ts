import { z } from 'zod';
import { type Checklist, ChecklistDefinition } from '../../../src/core/checklist/checklist.ts';
import type { Schedule, ScheduleDefaults } from '../../../src/core/checklist/schedule.ts';
import { SchedulesFile, toSchedules } from '../../../src/core/checklist/schedules-file.ts';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import type { ItemSource } from '../../../src/engine/checklists/item-sources.ts';
import { workOnChecklists } from '../../../src/engine/checklists/work-on-checklists.ts';
import type { Checklists } from '../../../src/engine/ports/checklists.ts';
import type { Database } from '../../../src/engine/ports/stores.ts';
import { createRoundRenderer } from '../../../src/slack/checklist/create-round-renderer.ts';
import { silentLog } from '../../support/silent-log.ts';
import { HOST, harness } from '../harness.ts';

export function checklistOf(name: string, items: readonly object[]): Checklist {
  return {
    name,
    ...ChecklistDefinition.parse({ title: `The ${name} list`, description: 'For tests', items }),
  };
}

export function schedulesOf(...entries: readonly object[]): readonly Schedule[] {
  return toSchedules(SchedulesFile.parse({ schedules: entries }), { channel: '#ops', timezone: 'UTC' });
}

/** CPU is measured by perfbot, the rest is left to a person. */
export const DAILY = checklistOf('daily', [
  { id: 'cpu', title: 'CPU', fill: { playbooks: ['look'], metrics: ['host.load/cpu_busy_ratio'] } },
  { id: 'write', title: 'Write it down', person: 'Somebody has to write.' },
]);

/** The engine with checklists: `load.value` is what the probe measures, undefined when it fails. */
export function checklistHarness(options: {
  readonly database: Database;
  readonly at: string;
  readonly schedules?: readonly Schedule[];
  readonly checklists?: readonly Checklist[];
  readonly sources?: readonly ItemSource[];
}) {
  const load: { value: number | undefined } = { value: 0.5 };
  const probe = toAnyProbe({
    name: 'host.load',
    title: 'Load',
    targetKind: 'host' as const,
    cost: 'light' as const,
    timeoutMs: 1000,
    params: z.object({}),
    async collect() {
      if (load.value === undefined) throw new Error('no load');
      return { metrics: [{ name: 'cpu_busy_ratio', value: load.value, unit: 'ratio' as const }] };
    },
  });
  const engine = harness({ database: options.database, services: [HOST], probes: [probe] });
  engine.clock.at = Date.parse(options.at);
  const lists = {
    schedules: options.schedules ?? [],
    defaults: {
      timezone: 'UTC',
      remindAfterMs: undefined,
      holidays: { usual: [], lists: {} },
    } as ScheduleDefaults,
  };
  const checklists: Checklists = {
    all: () => options.checklists ?? [DAILY],
    schedules: () => lists.schedules,
    scheduleDefaults: () => lists.defaults,
    problems: () => [],
  };
  const rounds = createRoundRenderer({ timezone: 'UTC' });
  const due: string[] = [];
  const onDue = (outcome: string) => void due.push(outcome);
  const parts = { ...engine, checklists, rounds, sources: options.sources ?? [], onDue, log: silentLog };
  const look = workOnChecklists(parts);
  return {
    ...parts,
    due,
    load,
    lists,
    look,
    /** Everything that follows from the present moment: rounds, their runs, their results. */
    async settle() {
      await look();
      await engine.work();
      await look();
      engine.jobs.length = 0;
    },
  };
}
