import { readFileSync } from 'node:fs';
import { startApp } from '../../../src/app.ts';
import { loadConfig, readEnvironment } from '../../../src/config.ts';
import { createRedactor } from '../../../src/core/redact.ts';
import { createLogger } from '../../../src/logging.ts';
import { type ClockSetting, timeOf } from './set-clock.ts';

// A whole perfbot whose clock is set by a test: the file in the first argument says when it was set to what.
const file = process.argv[2] ?? '';
const environment = readEnvironment();
const config = loadConfig(environment, { terminal: false });
const app = await startApp({
  config,
  environment,
  log: createLogger({ ...config.log, redact: createRedactor(config.secrets), output: 'stderr' }),
  now: () => timeOf(JSON.parse(readFileSync(file, 'utf8')) as ClockSetting),
});
process.stdout.write(`perfbot is ready: open ${app.url}\n`);
