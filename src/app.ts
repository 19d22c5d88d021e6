import { randomBytes } from 'node:crypto';
import { openChat } from './app/chat.ts';
import { createChecklistHandlers } from './app/checklist-handlers.ts';
import { createCleanUps } from './app/clean-ups.ts';
import { createDiagnoseHandlers } from './app/diagnose-handlers.ts';
import { createWork } from './app/engine.ts';
import { createHistoryHandlers } from './app/history-handlers.ts';
import { createHomeHandlers } from './app/home-handlers.ts';
import { createLaterMessenger } from './app/later-messenger.ts';
import { linksFor } from './app/links.ts';
import { createLoadTestHandlers } from './app/load-test-handlers.ts';
import { staleAfterMs } from './app/monitor.ts';
import { FINISH_JOBS_MS, openQueue, repeatJobs } from './app/queue.ts';
import { createSilenceHandlers } from './app/silence-handlers.ts';
import { createSlackHandlers } from './app/slack-handlers.ts';
import { openStorage } from './app/storage.ts';
import { openTargets } from './app/targets.ts';
import { openWeb } from './app/web.ts';
import { createChartRenderer } from './charts/chart-renderer.ts';
import type { Config } from './config.ts';
import { createRedactor } from './core/redact.ts';
import { acknowledge } from './engine/commands/acknowledge.ts';
import { requestRun } from './engine/commands/request-run.ts';
import { showRun } from './engine/commands/show-run.ts';
import { createSilences } from './engine/commands/silence.ts';
import type { Clock, Logger } from './engine/ports/runtime.ts';
import { createCardWriter } from './engine/runs/refresh-card.ts';
import { createMetrics } from './ingress/metrics.ts';
import { createLoadGenerator } from './loadtest/load-generator.ts';
import { createChecklists } from './playbooks/checklists.ts';
import { createLoadProfiles } from './playbooks/load-profiles.ts';
import { createPlaybooks } from './playbooks/playbooks.ts';
import { createRoundRenderer } from './slack/checklist/create-round-renderer.ts';
import { createRenderer } from './slack/create-renderer.ts';
import { createLoadTestRenderer } from './slack/loadtest/create-load-test-renderer.ts';

/** Where the schedules of checklists stand; nothing is scheduled without it. */
const SCHEDULES_FILE = 'checklists.yaml';

export interface AppOptions {
  readonly config: Config;
  /** For `${NAME}` in the inventory. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** Milliseconds since the epoch. Default: the clock of the machine. */
  readonly now?: Clock;
}

export interface App {
  /** Address to open in a browser. */
  readonly url: string;
  /** Stops taking work, lets running work end, and closes everything in reverse order. */
  stop(): Promise<void>;
}

/** Builds perfbot from its parts and starts the roles of this process. What was opened is closed again when a part fails. */
export async function startApp(options: AppOptions): Promise<App> {
  const cleanUps = createCleanUps(options.log);
  try {
    return await assemble(options, cleanUps);
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

async function assemble(
  { config, environment, log, now = Date.now }: AppOptions,
  cleanUps: ReturnType<typeof createCleanUps>,
): Promise<App> {
  const newId = () => randomBytes(6).toString('hex');
  const redact = createRedactor(config.secrets);
  const { database, connectionString } = await openStorage({ config, cleanUps, log });

  const targets = await openTargets({
    config,
    environment,
    databaseUrl: connectionString,
    log,
    now,
    awaitedTargets: database.runs.awaitedTargets,
  });
  cleanUps.push('targets', () => targets.close());
  const playbooks = await createPlaybooks({
    directories: config.playbookDirectories,
    catalogue: [...targets.probes.values()],
    log,
  });
  cleanUps.push('playbooks', () => playbooks.close());
  const metrics = createMetrics();
  cleanUps.push('metrics', () => metrics.close());
  const charts = createChartRenderer({ timezone: config.timezone, log });
  cleanUps.push('charts', () => charts.close());

  const queue = await openQueue({ config, connectionString, cleanUps, log });

  const renderer = createRenderer({
    timezone: config.timezone,
    links: linksFor(config, targets),
    playbooks: () => playbooks.all(),
  });
  const cards = createCardWriter({ renderer, playbooks, now });
  const checklists = await createChecklists({
    directories: config.playbookDirectories,
    schedulesFile: SCHEDULES_FILE,
    defaults: { channel: config.channel, timezone: config.timezone },
    log,
  });
  cleanUps.push('checklists', () => checklists.close());
  const rounds = createRoundRenderer({ timezone: config.timezone });
  const loadProfiles = await createLoadProfiles({ directories: config.playbookDirectories, log });
  cleanUps.push('load profiles', () => loadProfiles.close());
  const loadTestRenderer = createLoadTestRenderer();
  const parts = { database, queue, cards, renderer, playbooks, newId, now, log, redact };

  const { reachable, connected } = createLaterMessenger();
  const asked = { ...parts, inventory: targets.inventory, requestRun: requestRun(parts) };
  const diagnoseHandlers = createDiagnoseHandlers(asked);
  const handlers = createSlackHandlers({
    ...asked,
    ...reachable,
    timezone: config.timezone,
    showRun: showRun(parts),
    acknowledge: acknowledge(parts),
    diagnoseHandlers,
    homeHandlers: createHomeHandlers({
      ...asked,
      ...reachable,
      checklists,
      diagnoseHandlers,
      channel: config.channel,
      timezone: config.timezone,
      staleAfterMs: staleAfterMs(config, targets),
    }),
    loadTestHandlers: createLoadTestHandlers({ ...asked, loadProfiles, loadTestRenderer }),
    silenceHandlers: createSilenceHandlers({
      ...asked,
      silences: createSilences(parts),
      timezone: config.timezone,
    }),
    historyHandlers: createHistoryHandlers({
      ...asked,
      charts,
      timezone: config.timezone,
    }),
    checklistHandlers: createChecklistHandlers({
      ...parts,
      checklists,
      rounds,
      timezone: config.timezone,
      ...reachable,
    }),
  });
  const chat = await openChat({ config, handlers, log, now });
  cleanUps.push('local workspace', () => chat.close());
  const web = await openWeb({ ...parts, config, metrics, queue, chat });
  cleanUps.push('web', () => web.close(), 4000);
  cleanUps.push('Slack', () => chat.disconnect());
  const messenger = await chat.connect(web.url);
  connected(messenger);

  if (config.role !== 'web') {
    // Running jobs end while the messenger can still be reached, which may be behind our own port.
    cleanUps.push('workers', () => queue.stopWorkers(FINISH_JOBS_MS), FINISH_JOBS_MS + 1000);
    await queue.startWorkers(
      createWork({
        ...parts,
        config,
        checklists,
        rounds,
        loadTestRenderer,
        loadProfiles,
        generator: createLoadGenerator(),
        targets,
        charts,
        messenger,
        metrics,
        channel: config.channel,
      }),
      { zones: [config.zone] },
    );
    await repeatJobs(queue, config);
  }
  return { url: web.url, stop: () => cleanUps.run() };
}
