import { PerfbotError, type Problem, problemLine } from '../../core/errors.ts';
import type { Service } from '../../core/inventory/service.ts';
import type { Inventory } from '../../engine/ports/inventory.ts';
import type { Clock, Logger } from '../../engine/ports/runtime.ts';
import { mergeServices } from './merge-services.ts';
import { type SelfDescription, toHostService, toPerfbotService, withTelemetry } from './own-services.ts';

/** Discovery is asked again after this long, unless somebody wants it newer. */
const MAX_AGE_MS = 5000;
/** A Docker engine that hangs must not hold up a run. */
const DISCOVERY_TIMEOUT_MS = 4000;

interface InventoryOptions {
  /** What services.yaml says right now. */
  readonly configured: () => readonly Service[];
  /** What is wrong with services.yaml right now, while it is read again when it changes. */
  readonly problems?: () => readonly Problem[];
  /** What Docker shows; it may fail. */
  readonly discover: () => Promise<readonly Service[]>;
  readonly self: SelfDescription;
  readonly log: Logger;
  readonly now: Clock;
}

interface Discovery {
  readonly services: readonly Service[];
  readonly gaps: Service['gaps'];
}

/**
 * Configured services, what Docker shows, the host and perfbot itself. When Docker cannot be asked that is a gap on the
 * host service, and what it showed last stays, so that its containers turn up as unavailable instead of vanishing.
 */
export function createInventory(options: InventoryOptions): Inventory {
  const { configured, problems = () => [], self, now } = options;
  let known: Discovery = { services: [], gaps: [] };
  let discoveredAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<Discovery> | undefined;

  async function refresh(): Promise<Discovery> {
    const at = now();
    known = await discoverOnce(options, known);
    discoveredAt = at;
    return known;
  }

  return {
    async services({ maxAgeMs = MAX_AGE_MS } = {}) {
      if (now() - discoveredAt >= maxAgeMs) {
        pending ??= refresh().finally(() => {
          pending = undefined;
        });
        await pending;
      }
      // Merged as well: perfbot may itself run in a container that Docker shows.
      const own = [toHostService(self, known.gaps), toPerfbotService(self, toFileGaps(problems()))];
      const services = mergeServices([...configured(), ...own], known.services);
      const isOwn = ({ role }: Service) => role === 'host' || role === 'perfbot';
      return [...services.filter((service) => !isOwn(service)), ...services.filter(isOwn)].map((service) =>
        withTelemetry(service, self),
      );
    },
    problems,
  };
}

/** One gap for the whole file: the first problem tells where to begin. */
function toFileGaps(problems: readonly Problem[]): Service['gaps'] {
  const [first, ...others] = problems;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return [
    {
      what: `changes of the inventory, which is broken: ${problemLine(first)}${more}`,
      mend: 'mend the file; until then its last good version counts',
    },
  ];
}

async function discoverOnce({ discover, log }: InventoryOptions, last: Discovery): Promise<Discovery> {
  try {
    return { services: await withTimeout(discover()), gaps: [] };
  } catch (error) {
    const gap = toDockerGap(error);
    // Said once for as long as it lasts: discovery is asked every few seconds.
    if (last.gaps[0]?.what !== gap.what) log.warn({ err: error }, 'containers cannot be discovered');
    return { services: last.services, gaps: [gap] };
  }
}

function toDockerGap(error: unknown): Service['gaps'][number] {
  const reason = error instanceof PerfbotError ? error.userMessage : 'Docker does not answer.';
  const mend = error instanceof PerfbotError ? error.mend : undefined;
  return { what: `containers: ${reason}`, mend: mend ?? 'start Docker, or set DOCKER_HOST' };
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new PerfbotError('timeout', 'container discovery timed out', {
            userMessage: 'Docker does not answer in time.',
          }),
        ),
      DISCOVERY_TIMEOUT_MS,
    );
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
