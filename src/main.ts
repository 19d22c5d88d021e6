import { explainStartError } from './app/explain-start-error.ts';
import { startApp } from './app.ts';
import { loadConfig, readEnvironment } from './config.ts';
import { InputError } from './core/errors.ts';
import { createRedactor } from './core/redact.ts';
import { createLogger } from './logging.ts';

const STOP_WITHIN_MS = 9500;

async function main(): Promise<void> {
  const environment = readEnvironment();
  const config = loadConfig(environment, { terminal: process.stderr.isTTY === true });
  const log = createLogger({ ...config.log, redact: createRedactor(config.secrets), output: 'stderr' });
  for (const { path, message } of config.warnings) log.warn({ variable: path }, message);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const starting = startApp({ config, environment, log });
  // Listened to from the first moment on: a start that is interrupted closes what it has opened.
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    const started = await starting.catch(() => undefined);
    await started?.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const app = await starting;
  process.stdout.write(`perfbot is ready: open ${app.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explainStartError(error)}\n`);
  process.exit(error instanceof InputError ? 2 : 1);
});
