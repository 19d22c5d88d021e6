import type { Gap } from '../../core/evidence.ts';
import { isHopeless } from './failures.ts';
import type { Sample } from './sample.ts';

/** What the samples cannot tell, each with the line that would change it. */
export function samplingGaps(
  samples: readonly Sample[],
  timed: readonly Sample[],
  planned: number,
): readonly Gap[] {
  return [...coverageGaps(timed), ...answerGaps(samples), ...countGaps(samples, planned)];
}

function coverageGaps(timed: readonly Sample[]): readonly Gap[] {
  if (timed.length === 0 || timed.some(({ route }) => !route.isHealth)) return [];
  return [
    {
      what: 'response time of real routes',
      reason: 'the inventory names only a health route',
      mend: 'add paths: [/an/idempotent/route] to the service in services.yaml',
    },
  ];
}

/** Redirects and client errors are timed, yet they are not the page that somebody waits for. */
function answerGaps(samples: readonly Sample[]): readonly Gap[] {
  const gaps = new Map<string, Gap>();
  for (const { route, status = 0, location, cut, bytes } of samples) {
    const what = `response time of ${route.path}`;
    if (status >= 300 && status < 400) {
      gaps.set(what, {
        what,
        reason: `it answers ${status}${location === undefined ? '' : ` to ${describeLocation(location, route.url)}`}, which is not followed`,
        mend: 'name the final path in services.yaml',
      });
    }
    if (status >= 400 && status < 500)
      gaps.set(what, {
        what,
        reason: `it answers ${status}`,
        mend: 'correct health and paths in services.yaml',
      });
    if (cut) {
      const full = `full download of ${route.path}`;
      gaps.set(full, { what: full, reason: `the body is longer than ${bytes} bytes and was cut there` });
    }
  }
  return [...gaps.values()];
}

/** A redirect without its query, which may hold tokens. */
function describeLocation(location: string, from: URL): string {
  if (!URL.canParse(location, from.href)) return 'an invalid address';
  const target = new URL(location, from);
  return target.origin === from.origin ? target.pathname : `another origin (${target.host})`;
}

function countGaps(samples: readonly Sample[], planned: number): readonly Gap[] {
  if (samples.length >= planned || isHopeless(samples.at(-1)?.failure)) return [];
  return [
    {
      what: `${planned - samples.length} of ${planned} requests`,
      reason: 'the answers took too long to make them all in time',
    },
  ];
}
