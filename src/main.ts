import { startApp } from './app.ts';
import { loadConfig, readEnvironment } from './config.ts';
import { InputError, PerfbotError } from './core/errors.ts';
import { createRedactor } from './core/redact.ts';
import { createLogger } from './logging.ts';

const STOP_WITHIN_MS = 9500;

async function main(): Promise<void> {
  const environment = readEnvironment();
  const config = loadConfig(environment, { terminal: process.stderr.isTTY === true });
  const log = createLogger({ ...config.log, redact: createRedactor(config.secrets), output: 'stderr' });
  for (const { path, message } of config.warnings) log.warn({ variable: path }, message);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const app = await startApp({ config, environment, log });
  process.stdout.write(`perfbot is ready: open ${app.url}\n`);

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await app.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(error instanceof InputError ? 2 : 1);
});

function explain(error: unknown): string {
  if (error instanceof InputError) {
    const lines = error.problems.map(
      ({ path, message, file, line }) =>
        `  ${[file, line].filter(Boolean).join(':')}${file ? ' ' : ''}${path}: ${message}`,
    );
    return [`perfbot cannot start: ${error.userMessage}`, ...lines].join('\n');
  }
  if (error instanceof PerfbotError)
    return [`perfbot cannot start: ${error.userMessage}`, ...(error.mend ? [`  ${error.mend}`] : [])].join(
      '\n',
    );
  return `perfbot cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
