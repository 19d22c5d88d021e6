import { stableId } from '../core/alert/fingerprint.ts';
import type { Command } from '../core/command.ts';
import { type ReadHistoryOptions, readBaseline, readTrends } from '../engine/monitor/read-history.ts';
import { refreshBaselines } from '../engine/monitor/refresh-baselines.ts';
import { type TellHistoryOptions, tellHistory } from '../engine/monitor/tell-history.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import { renderReply } from '../slack/answers/render-refusal.ts';
import type { CommandAnswer } from '../slack/receiver/handlers.ts';
import { checkService, ephemeral, SILENT } from './slack-answers.ts';

export interface HistoryHandlersOptions extends TellHistoryOptions {
  readonly inventory: Inventory;
  readonly timezone: string;
}

interface Asked {
  readonly triggerId: string;
  readonly userId: string;
  readonly channelId: string;
}

/** `/perf baseline` and `/perf trends`. */
export interface HistoryHandlers {
  onCommand(
    command: Extract<Command, { kind: 'baseline' | 'trends' }>,
    request: Asked,
  ): Promise<CommandAnswer>;
  /** The same again; undefined when the run was of another kind. */
  again(
    run: { readonly playbook?: string | undefined; readonly service?: string | undefined },
    request: Asked,
  ): Promise<CommandAnswer | undefined>;
}

/** Answers what the monitor has measured over time. */
export function createHistoryHandlers(options: HistoryHandlersOptions): HistoryHandlers {
  const { inventory, database } = options;
  const reading: ReadHistoryOptions = { ...options, ...database };
  const refresh = refreshBaselines({ ...options, ...database });

  const onCommand: HistoryHandlers['onCommand'] = async (command, request) => {
    if (command.kind === 'baseline' && command.update) {
      await database.samples.rollUp(options.now());
      const metrics = await refresh();
      return ephemeral(
        renderReply(
          metrics === 0
            ? 'There is not enough history yet: usual values need an hour of measurements.'
            : `Computed again: ${metrics} metrics have a usual value. \`/perf baseline\` shows them.`,
        ),
      );
    }
    const known = await checkService(inventory, command.service);
    if ('refusal' in known) return known.refusal;
    const scope = { service: known.name, services: await inventory.services() };
    await database.samples.rollUp(options.now());
    const answer =
      command.kind === 'trends'
        ? await readTrends(reading, { ...scope, days: command.days })
        : await readBaseline(reading, scope);
    const { userId, channelId: channel } = request;
    await tellHistory(options, answer, { id: stableId('history', request.triggerId), userId, channel });
    return SILENT;
  };

  return {
    onCommand,
    async again({ playbook, service }, request) {
      const days = /^trends-(7|30)d$/.exec(playbook ?? '')?.[1];
      if (days !== undefined)
        return onCommand({ kind: 'trends', days: days === '7' ? 7 : 30, service }, request);
      return playbook === 'baseline'
        ? onCommand({ kind: 'baseline', update: false, service }, request)
        : undefined;
    },
  };
}
