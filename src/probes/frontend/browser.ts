import { access, constants } from 'node:fs/promises';
import type { LaunchedChrome } from 'chrome-launcher';
import { ProbeError } from '../../core/errors.ts';

const FLAGS = [
  '--headless=new',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browser {
  /** Undefined: Chrome or Chromium is looked for where it is usually installed. */
  readonly path: string | undefined;
  /** Of the processes that are started; only what they need is handed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Opens a browser for `work`, which gets its debugging port, and ends it afterwards; also when that is too late. */
export async function withBrowser<T>(
  browser: Browser,
  signal: AbortSignal,
  work: (port: number) => Promise<T>,
): Promise<T> {
  const launching = launch(browser);
  const end = () =>
    launching.then(
      (chrome) => chrome.kill(),
      () => undefined,
    );
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    const { port } = await Promise.race([launching, aborted]);
    return await Promise.race([work(port), aborted]);
  } finally {
    void end();
  }
}

async function launch({ path, environment }: Browser): Promise<LaunchedChrome> {
  const { Launcher, launch: start } = await import('chrome-launcher').catch((cause: unknown) => {
    throw notInstalled(cause);
  });
  const chromePath = await findBrowser(() => path ?? Launcher.getInstallations()[0]);
  const { PATH, HOME, TMPDIR } = environment;
  return start({
    chromePath,
    // A browser that runs as root refuses its own sandbox.
    chromeFlags: [...FLAGS, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    envVars: { PATH, HOME, TMPDIR },
    handleSIGINT: false,
    logLevel: 'silent',
  }).catch((cause: unknown) => {
    throw noBrowser(cause);
  });
}

/** The launcher takes down the whole program when it starts something that is not there. */
async function findBrowser(find: () => string | undefined): Promise<string> {
  try {
    const path = find() ?? '';
    await access(path, constants.X_OK);
    return path;
  } catch (cause) {
    throw noBrowser(cause);
  }
}

/** Lighthouse and what opens its browser are optional dependencies. */
export function notInstalled(cause: unknown): ProbeError {
  return new ProbeError('not_configured', 'lighthouse is not installed', {
    userMessage: 'Lighthouse is not installed.',
    mend: 'npm install lighthouse@12 chrome-launcher',
    cause,
  });
}

function noBrowser(cause: unknown): ProbeError {
  return new ProbeError('not_configured', 'no browser', {
    userMessage: 'No Chrome or Chromium can be started for Lighthouse.',
    mend: 'install Chromium (apt-get install chromium), or set CHROME_PATH',
    cause,
  });
}
