import { fillFromLoadTests } from '../../core/checklist/fill-load-test.ts';
import type { LoadTest } from '../../core/loadtest/load-test.ts';
import { planLoad } from '../../core/loadtest/plan-load.ts';
import { cardKey } from '../../core/run.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { LoadProfiles } from '../ports/load-profiles.ts';
import type { Messenger } from '../ports/message.ts';
import type { Logger } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';
import type { ItemSource } from './item-sources.ts';

/** Without a round before, tests of so long count. */
const LOOK_BACK_MS = 7 * 24 * 60 * 60_000;

export interface LoadTestSourceOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly loadProfiles: LoadProfiles;
  readonly linkTo: Messenger['linkTo'];
  readonly log: Logger;
}

/** Fills items with what the load tests of a profile came to since the last round. It starts none: people do. */
export function loadTestSource(options: LoadTestSourceOptions): ItemSource {
  const { database, inventory, loadProfiles } = options;
  return {
    goesOn: true,
    fills: ({ fill }) => fill?.loadtest !== undefined,
    async fill(round, { fill }, before) {
      const profile = fill?.loadtest ?? '';
      const services = await inventory.services();
      const since = before.at ?? round.createdAt - LOOK_BACK_MS;
      const newest = newestOfEach(await database.loadTests.endedSince({ profile, since }));
      const urls = await linksTo(options, newest);
      const tests = await Promise.all(
        newest.map(async (test) => ({
          test,
          before: await database.loadTests.before(test),
          kpis: services.find(({ name }) => name === test.plan.service)?.kpis ?? {},
          url: urls.get(test.id),
        })),
      );
      return fillFromLoadTests({ profile, tests, ...allowedBy(loadProfiles, profile, services) });
    },
  };
}

function allowedBy(
  loadProfiles: LoadProfiles,
  name: string,
  services: Awaited<ReturnType<Inventory['services']>>,
): { readonly allowed: readonly string[]; readonly refusal: string | undefined } {
  const profile = loadProfiles.get(name);
  if (profile === undefined) return { allowed: [], refusal: `There is no load profile ${name}` };
  const allowed = services.filter((service) => 'baseUrl' in planLoad(service, profile));
  const refusal =
    'No service may be put under load: none has a url and an environment that allows it, such as environment: staging in services.yaml';
  return {
    allowed: allowed.map((service) => service.name),
    refusal: allowed.length > 0 ? undefined : refusal,
  };
}

/** Newest first in, one for each service out. */
function newestOfEach(tests: readonly LoadTest[]): readonly LoadTest[] {
  return tests.filter(
    ({ plan }, index) => tests.findIndex((other) => other.plan.service === plan.service) === index,
  );
}

/** Where the tests are told; one that cannot be linked is told without. */
async function linksTo(
  { database, linkTo, log }: LoadTestSourceOptions,
  tests: readonly LoadTest[],
): Promise<ReadonlyMap<string, string>> {
  const keyOf = ({ id }: LoadTest) => cardKey({ kind: 'run', runId: id });
  const addresses = await database.overview.addresses(tests.map(keyOf));
  const links = await Promise.all(
    tests.map(async (test): Promise<readonly (readonly [string, string])[]> => {
      const address = addresses.get(keyOf(test));
      if (address === undefined) return [];
      try {
        return [[test.id, await linkTo(address)]];
      } catch (error) {
        log.warn({ err: error, testId: test.id }, 'a load test could not be linked');
        return [];
      }
    }),
  );
  return new Map(links.flat());
}
