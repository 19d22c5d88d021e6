import { metricValue } from '../evidence.ts';
import { formatValue } from '../unit.ts';
import type { CauseAdvice } from './cause.ts';
import { collectedBy, type Facts, metricFor } from './facts.ts';
import { sqlText } from './quote.ts';

/** Cores that a database has, and where that was seen; undefined when it was not measured. */
function coresOf(facts: Facts, service: string): { readonly cores: number; readonly of: string } | undefined {
  const limit = metricFor(facts, 'docker.stats', service, 'cpu_limit_cores');
  if (limit !== undefined) return { cores: limit, of: 'its container' };
  const settings = collectedBy(facts, 'postgres.settings').find((found) => found.service === service);
  const [host] = collectedBy(facts, 'host.load');
  const cores = host && metricValue(host, 'cpus');
  return cores !== undefined && settings?.facts?.same_machine === 'yes'
    ? { cores, of: 'its machine' }
    : undefined;
}

/** The rule of thumb of PostgreSQL's wiki: twice the cores and one for the disk, over all instances together. */
function goodPool(cores: number): number {
  return Math.max(2, Math.round(cores * 2 + 1));
}

/** What to do when a server has no free connection. */
export function connectionAdvice(facts: Facts, service: string, application: string): readonly CauseAdvice[] {
  const known = coresOf(facts, service);
  const isNamed = !/^<|^unnamed$/.test(application);
  const own = isNamed ? `= ${sqlText(application)}` : "NOT LIKE 'perfbot%'";
  const size = known
    ? ` The ${formatValue(known.cores, 'cores')} of ${known.of} keep about ${goodPool(known.cores)} sessions at work (twice the cores, and one for the disk).`
    : ' About twice the cores of the database and one for its disk keep it at work.';
  return [
    {
      title: known
        ? `Lower the pools of ${application} to about ${goodPool(known.cores)} connections, all instances together`
        : `Lower the pool size of ${application}, times its number of instances`,
      why: `More sessions than that do not make the database faster; the sum of all pools has to stay below the limit.${size}`,
      risk: 'Too small a pool makes requests wait for a connection.',
      undo: 'Set the former pool size.',
      source: 'https://wiki.postgresql.org/wiki/Number_Of_Database_Connections',
    },
    {
      title: 'End sessions that have been idle for long',
      why: 'It makes room at once.',
      effect: 'changes',
      command: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND state_change < now() - interval '10 min' AND backend_type = 'client backend' AND coalesce(nullif(application_name, ''), usename) ${own};`,
      risk: 'Pools see closed connections and open new ones.',
      undo: 'None needed: clients connect again.',
      source: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL',
    },
  ];
}
