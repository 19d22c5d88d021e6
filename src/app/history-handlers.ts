import { stableId } from '../core/alert/fingerprint.ts';
import type { Command } from '../core/command.ts';
import { WEEKLY_REPORT } from '../core/weekly-report/build-weekly-report.ts';
import { type ReadHistoryOptions, readBaseline, readTrends } from '../engine/monitor/read-history.ts';
import { refreshBaselines } from '../engine/monitor/refresh-baselines.ts';
import { tellHistory } from '../engine/monitor/tell-history.ts';
import { type TellReportOptions, tellReport } from '../engine/monitor/tell-report.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import { type ReadWeekOptions, readWeek } from '../engine/weekly-report/read-week.ts';
import { renderReply } from '../slack/answers/render-refusal.ts';
import type { CommandAnswer } from '../slack/receiver/handlers.ts';
import { checkService, ephemeral, SILENT } from './slack-answers.ts';

export interface HistoryHandlersOptions extends TellReportOptions {
  readonly inventory: Inventory;
  readonly timezone: string;
}

interface Asked {
  readonly triggerId: string;
  readonly userId: string;
  readonly channelId: string;
}

/** `/perf baseline` and `/perf trends`, of days or of the week. */
export interface HistoryHandlers {
  onCommand(
    command: Extract<Command, { kind: 'baseline' | 'trends' | 'weekly_report' }>,
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
  const reading: ReadHistoryOptions & ReadWeekOptions = { ...options, ...database };
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
    const { userId, channelId: channel } = request;
    const id = stableId('history', request.triggerId);
    if (command.kind === 'weekly_report') {
      const { now, timezone } = options;
      const report = await readWeek(reading, { ...scope, runId: id, at: now(), timezone });
      await tellReport(options, report, { channel, trigger: { kind: 'command', userId, channel } });
      return SILENT;
    }
    const answer =
      command.kind === 'trends'
        ? await readTrends(reading, { ...scope, days: command.days })
        : await readBaseline(reading, scope);
    await tellHistory(options, answer, { id, userId, channel });
    return SILENT;
  };

  return {
    onCommand,
    async again({ playbook, service }, request) {
      if (playbook === WEEKLY_REPORT) return onCommand({ kind: 'weekly_report', service }, request);
      const days = /^trends-(7|30)d$/.exec(playbook ?? '')?.[1];
      if (days !== undefined)
        return onCommand({ kind: 'trends', days: days === '7' ? 7 : 30, service }, request);
      return playbook === 'baseline'
        ? onCommand({ kind: 'baseline', update: false, service }, request)
        : undefined;
    },
  };
}
