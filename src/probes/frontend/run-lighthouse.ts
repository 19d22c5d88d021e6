import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { type Browser, notInstalled, withBrowser } from './browser.ts';

const MOST_OUTPUT_BYTES = 50 * 1024 * 1024;
const Audit = z.object({
  title: z.string(),
  score: z.number().nullable(),
  numericValue: z.number().optional(),
  details: z
    .object({
      type: z.string().optional(),
      overallSavingsMs: z.number().optional(),
      overallSavingsBytes: z.number().optional(),
    })
    .optional(),
});

/** What perfbot reads of a Lighthouse result; times in milliseconds, scores 0..1. */
const LighthouseResult = z.object({
  lighthouseVersion: z.string(),
  runtimeError: z.object({ code: z.string(), message: z.string() }).optional(),
  environment: z.object({ hostUserAgent: z.string() }),
  configSettings: z.object({ formFactor: z.string(), throttlingMethod: z.string() }),
  audits: z.record(z.string(), Audit),
  categories: z.object({ performance: z.object({ score: z.number().nullable() }).optional() }),
});
export type LighthouseResult = z.infer<typeof LighthouseResult>;

export interface LighthouseRun {
  readonly url: URL;
  readonly formFactor: 'mobile' | 'desktop';
  readonly browser: Browser;
  readonly signal: AbortSignal;
}

/** One audit in a process and a browser of their own, which end with it. @throws ProbeError when there is no result. */
export async function runLighthouse(run: LighthouseRun): Promise<LighthouseResult> {
  const command = findCommand();
  const output = await withBrowser(run.browser, run.signal, (port) =>
    execute([command, ...argumentsOf(run, port)], run),
  );
  const parsed = LighthouseResult.safeParse(parseJson(output));
  if (!parsed.success)
    throw new ProbeError('invalid_response', 'no Lighthouse result', {
      userMessage: 'Lighthouse ended without a result that can be read.',
      cause: parsed.error,
    });
  const { runtimeError } = parsed.data;
  if (runtimeError !== undefined)
    throw new ProbeError('unreachable', `Lighthouse: ${runtimeError.code}`, {
      userMessage: `The page cannot be audited: ${runtimeError.message.slice(0, 300)}`,
      mend: 'check that the page loads in a browser on this machine',
    });
  return parsed.data;
}

function argumentsOf({ url, formFactor }: LighthouseRun, port: number): readonly string[] {
  return [
    url.href,
    `--port=${port}`,
    '--output=json',
    '--quiet',
    '--only-categories=performance',
    '--disable-full-page-screenshot',
    '--no-enable-error-reporting',
    ...(formFactor === 'desktop' ? ['--preset=desktop'] : []),
  ];
}

/** Lighthouse is optional: an installation without it works, but for this probe. */
function findCommand(): string {
  try {
    return fileURLToPath(import.meta.resolve('lighthouse/cli/index.js'));
  } catch (cause) {
    throw notInstalled(cause);
  }
}

function execute(
  args: readonly string[],
  { browser, signal }: Pick<LighthouseRun, 'browser' | 'signal'>,
): Promise<string> {
  const { PATH, HOME, TMPDIR } = browser.environment;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...args],
      { signal, maxBuffer: MOST_OUTPUT_BYTES, env: { PATH, HOME, TMPDIR } },
      (error, stdout) => {
        if (signal.aborted) reject(signal.reason);
        // With a runtime error it says so in its result and in its exit code.
        else if (error === null || stdout.trimStart().startsWith('{')) resolve(stdout);
        else
          reject(
            new ProbeError('internal', 'Lighthouse failed', {
              userMessage: 'Lighthouse ended without a result.',
              cause: error,
            }),
          );
      },
    );
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
