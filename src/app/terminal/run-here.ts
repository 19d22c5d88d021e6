import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { createChartRenderer } from '../../charts/chart-renderer.ts';
import type { Config } from '../../config.ts';
import { planCharts } from '../../core/chart-plan/plan-charts.ts';
import { RULES } from '../../core/diagnosis/rules.ts';
import { PerfbotError } from '../../core/errors.ts';
import type { Playbook } from '../../core/playbook/playbook.ts';
import { createRedactor } from '../../core/redact.ts';
import { redactDeep } from '../../core/redact-deep.ts';
import type { Report } from '../../core/report.ts';
import { withDeadline } from '../../engine/deadline.ts';
import { localTurns } from '../../engine/local-turns.ts';
import { nearestWord } from '../../engine/nearest-word.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { collectEvidence } from '../../engine/runs/collect-evidence.ts';
import { createReportMaker } from '../../engine/runs/make-report.ts';
import { planSteps } from '../../engine/runs/plan-steps.ts';
import { loadPlaybooks } from '../../playbooks/load-playbooks.ts';
import type { Targets } from '../targets.ts';
import { withTargets } from './with-targets.ts';

const PROBES_AT_ONCE = 16;

export interface RunHereOptions {
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly playbook: string;
  readonly service: string | undefined;
  /** Folder for pictures; undefined: none are drawn. */
  readonly chartsDirectory: string | undefined;
}

export interface RunHereResult {
  readonly report: Report;
  readonly chartPaths: readonly string[];
}

/**
 * Runs a playbook in this process, without queue, database or Slack: the same plan, probes, judgement and charts.
 * @throws PerfbotError `not_found` for an unknown playbook or service, with the nearest name.
 */
export async function runHere(options: RunHereOptions): Promise<RunHereResult> {
  const { chartsDirectory } = options;
  return withTargets(options, async (targets) => {
    const playbook = await findPlaybook(options, targets);
    const report = await run(options, targets, playbook);
    const chartPaths =
      chartsDirectory === undefined ? [] : await drawCharts(options, report, chartsDirectory);
    return { report, chartPaths };
  });
}

async function findPlaybook({ config, log, playbook }: RunHereOptions, targets: Targets): Promise<Playbook> {
  const { playbooks, problems } = await loadPlaybooks({
    directories: config.playbookDirectories,
    catalogue: [...targets.probes.values()],
  });
  for (const problem of problems) log.warn({ ...problem }, 'playbook problem');
  const found = playbooks.find(({ name }) => name === playbook);
  if (found) return found;
  throw unknown(
    'playbook',
    playbook,
    playbooks.map(({ name }) => name),
  );
}

function unknown(kind: string, name: string, known: readonly string[]): PerfbotError {
  const meant = nearestWord(name, known);
  return new PerfbotError('not_found', `unknown ${kind} ${name}`, {
    userMessage: `There is no ${kind} "${name}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
    mend: `Known: ${known.join(', ')}.`,
  });
}

async function run(
  { config, log, service }: RunHereOptions,
  targets: Targets,
  playbook: Playbook,
): Promise<Report> {
  const startedAt = Date.now();
  const services = await targets.inventory.services();
  const subject = services.find(({ name }) => name === service);
  if (service !== undefined && subject === undefined)
    throw unknown(
      'service',
      service,
      services.map(({ name }) => name),
    );
  const runId = randomBytes(6).toString('hex');
  const steps = planSteps({ runId, playbook, subject, services, probes: targets.probes });
  const limit = pLimit(PROBES_AT_ONCE);
  const redact = createRedactor(config.secrets);
  const never = new AbortController().signal;
  const turns = localTurns();
  const evidence = await withDeadline(playbook.deadline + 1000, never, (signal) =>
    Promise.all(
      steps.map((step) => {
        const timeoutMs = Math.min(step.timeoutMs, playbook.deadline);
        return limit(() =>
          collectEvidence(
            targets.probes.get(step.probe),
            { ...step, timeoutMs },
            { signal, now: Date.now, log, turns },
          ),
        );
      }),
    ),
  );
  const makeReport = createReportMaker({ rules: RULES, planCharts, now: Date.now, log });
  return makeReport({
    runId,
    playbook,
    subject,
    services,
    evidence: redactDeep(evidence, redact),
    startedAt,
  });
}

async function drawCharts(
  { config, log }: RunHereOptions,
  report: Report,
  directory: string,
): Promise<readonly string[]> {
  const charts = createChartRenderer({ timezone: config.timezone, log });
  try {
    const images = await charts.render(report.charts, new AbortController().signal);
    await mkdir(directory, { recursive: true });
    return await Promise.all(
      images.map(async ({ id, png }) => {
        const path = join(directory, `${report.runId}-${id}.png`);
        await writeFile(path, png);
        return path;
      }),
    );
  } finally {
    await charts.close();
  }
}
