import { paramsOf, type Run } from '../../core/run.ts';
import { hasService, lookUpServices } from '../look-up-services.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { Probe } from '../ports/probe.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { RunStep } from '../ports/run-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';
import { planSteps } from './plan-steps.ts';
import { playbookGone } from './playbook-gone.ts';
import type { CardWriter } from './refresh-card.ts';

export interface StartRunOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly playbooks: Playbooks;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly now: Clock;
  readonly log: Logger;
}

/** Plans a queued run and sends its steps to the zones of their targets. Repeatable: a run that has started keeps its plan. */
export function startRun(options: StartRunOptions): (runId: string) => Promise<void> {
  const { database, inventory, queue, cards, now, log } = options;
  return async (runId) => {
    const service = (await database.runs.get(runId))?.service;
    const services = await lookUpServices(inventory, (known) => hasService(known, service));
    const open = await database.transaction(async (stores) => {
      const run = await stores.runs.lock(runId);
      if (run === undefined || run.state === 'finished' || run.state === 'failed') return undefined;
      if (run.state === 'queued') {
        const steps = plan(options, run, services);
        if (steps === undefined) {
          const failure = playbookGone(run);
          await stores.runs.fail(runId, failure, now());
          await cards.run(stores, { ...run, state: 'failed', failure });
          return undefined;
        }
        await stores.runs.addSteps(steps);
        await stores.runs.setState(runId, 'running');
        await cards.run(stores, { ...run, state: 'running' });
        log.info({ runId, playbook: run.playbook, service: run.service, steps: steps.length }, 'run started');
      }
      return stores.runs.openSteps(runId);
    });
    if (open === undefined) return;
    await sendSteps(queue, runId, open);
    await queue.enqueue('deliver', {});
  };
}

/** Hands the open steps of a run to the queues; a run without any is ready for its conclusion. */
export async function sendSteps(queue: JobQueue, runId: string, open: readonly RunStep[]): Promise<void> {
  if (open.length === 0) await queue.enqueue('conclude_run', { runId }, { key: runId });
  await Promise.all(
    open.map(({ step, target }) =>
      queue.enqueue('run_step', { runId, step }, { key: `${runId}/${step}`, zone: target.zone }),
    ),
  );
}

function plan(
  { playbooks, probes }: StartRunOptions,
  run: Run,
  services: Awaited<ReturnType<Inventory['services']>>,
) {
  const playbook = playbooks.get(run.playbook);
  if (playbook === undefined) return undefined;
  const subject = services.find(({ name }) => name === run.service);
  return planSteps({ runId: run.id, playbook, subject, services, probes, params: paramsOf(run) });
}
