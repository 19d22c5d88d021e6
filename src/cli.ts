import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { createCleanUps } from './app/clean-ups.ts';
import { explainStartError } from './app/explain-start-error.ts';
import { openStorage } from './app/storage.ts';
import { openTargets } from './app/targets.ts';
import { examine } from './app/terminal/doctor.ts';
import { printReport } from './app/terminal/print-report.ts';
import { runHere } from './app/terminal/run-here.ts';
import { type Config, loadConfig, readEnvironment } from './config.ts';
import { createRedactor } from './core/redact.ts';
import { toReportJson } from './core/report/report-json.ts';
import { compareSeverity, SEVERITIES, type Severity } from './core/severity.ts';
import type { Logger } from './engine/ports/runtime.ts';
import { createLogger } from './logging.ts';
import { checklistProblems } from './playbooks/load-checklists.ts';
import { loadPlaybooks } from './playbooks/load-playbooks.ts';

const EXIT = { ok: 0, finding: 1, usage: 2 } as const;

interface Setting {
  readonly environment: NodeJS.ProcessEnv;
  readonly config: Config;
  readonly log: Logger;
}

interface RunFlags {
  readonly json?: boolean;
  readonly charts?: string;
  readonly failOn: Severity;
}

/** Configuration and a log on standard error, so that standard output is the result alone. */
function readSetting(): Setting {
  const environment = readEnvironment();
  const config = loadConfig(environment, { terminal: process.stderr.isTTY === true });
  const level = environment.LOG_LEVEL === undefined ? 'warn' : config.log.level;
  return {
    environment,
    config,
    log: createLogger({ ...config.log, level, redact: createRedactor(config.secrets), output: 'stderr' }),
  };
}

function print(text: string): void {
  process.stdout.write(text);
}

async function run(playbook: string, service: string | undefined, flags: RunFlags): Promise<number> {
  const { report, chartPaths } = await runHere({
    ...readSetting(),
    playbook,
    service,
    chartsDirectory: flags.charts,
  });
  print(
    flags.json
      ? `${JSON.stringify(toReportJson(report, chartPaths), null, 2)}\n`
      : printReport(report, chartPaths),
  );
  return compareSeverity(report.severity, flags.failOn) >= 0 ? EXIT.finding : EXIT.ok;
}

async function doctor(): Promise<number> {
  const diagnoses = await examine(readSetting());
  const mark = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const;
  for (const { subject, state, detail, mend } of diagnoses)
    print(`${mark[state]}  ${subject}: ${detail}\n${mend === undefined ? '' : `         mend: ${mend}\n`}`);
  return diagnoses.some(({ state }) => state === 'failed') ? EXIT.finding : EXIT.ok;
}

async function validatePlaybooks(directories: readonly string[]): Promise<number> {
  const setting = readSetting();
  const targets = await openTargets({ ...setting, databaseUrl: undefined, now: Date.now });
  const { config } = setting;
  const folders = directories.length > 0 ? directories : config.playbookDirectories;
  const loaded = await loadPlaybooks({
    directories: folders,
    catalogue: [...targets.probes.values()],
  }).finally(() => targets.close());
  const { playbooks } = loaded;
  const checklists = { directories: folders, schedulesFile: 'checklists.yaml', defaults: config };
  const problems = [...loaded.problems, ...(await checklistProblems(checklists))];
  for (const { file, line, path, message } of problems)
    print(`${[file, line].filter(Boolean).join(':')}: ${[path, message].filter(Boolean).join(': ')}\n`);
  print(`${playbooks.length} valid, ${problems.length} problems\n`);
  return problems.length > 0 ? EXIT.usage : EXIT.ok;
}

async function migrateDatabase(): Promise<number> {
  const { config, log } = readSetting();
  const cleanUps = createCleanUps(log);
  try {
    await openStorage({ config, cleanUps, log });
    print('The database schema is up to date.\n');
    return EXIT.ok;
  } finally {
    await cleanUps.run();
  }
}

function severity(text: string): Severity {
  const found = SEVERITIES.find((known) => known === text);
  if (found === undefined) throw new InvalidArgumentError(`Write one of ${SEVERITIES.join(', ')}.`);
  return found;
}

function withRunFlags(command: Command): Command {
  return command
    .option('--json', 'print the report as one JSON object')
    .option('--charts <folder>', 'draw the charts as files into this folder')
    .option('--fail-on <severity>', 'exit with 1 when the result is at least this bad', severity, 'warning');
}

function program(exit: (code: number) => void): Command {
  const perfbot = new Command('perfbot').description('Finds out why a system is slow.').exitOverride();
  withRunFlags(perfbot.command('status [service]').description('how every service is doing')).action(
    async (service: string | undefined, flags: RunFlags) => exit(await run('status', service, flags)),
  );
  withRunFlags(
    perfbot.command('run <playbook> [service]').description('look for the cause with a playbook'),
  ).action(async (name: string, service: string | undefined, flags: RunFlags) =>
    exit(await run(name, service, flags)),
  );
  perfbot
    .command('doctor')
    .description('check everything that is configured, and say how to mend it')
    .action(async () => exit(await doctor()));
  perfbot
    .command('playbook')
    .description('work on playbooks')
    .command('validate [folders...]')
    .description('check playbook, checklist and schedule files')
    .action(async (folders: readonly string[]) => exit(await validatePlaybooks(folders)));
  perfbot
    .command('migrate')
    .description('bring the database schema up to date')
    .action(async () => exit(await migrateDatabase()));
  return perfbot;
}

async function main(): Promise<number> {
  let code: number = EXIT.ok;
  try {
    await program((result) => {
      code = result;
    }).parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    process.stderr.write(`${explainStartError(error, 'perfbot')}\n`);
    return EXIT.usage;
  }
}

process.exitCode = await main();
