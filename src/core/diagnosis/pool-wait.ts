import type { EvidenceLine } from './cause.ts';
import { type ContainerView, DOCKER_PROBES, type PatternRow } from './container-view.ts';

/** What pools say when no connection came free in time: node-postgres, knex and Sequelize, Prisma, HikariCP, SQLAlchemy. */
const NO_CLIENT_FREE =
  /timeout exceeded when trying to connect|Timeout acquiring a connection|ResourceRequest timed out|ConnectionAcquireTimeoutError|Timed out fetching a new connection from the connection pool|Connection is not available, request timed out|QueuePool limit of size/i;

/** True for a line of a log in which a request waits in vain for a connection of its own pool. */
export function isPoolWait({ pattern, example }: PatternRow): boolean {
  return NO_CLIENT_FREE.test(`${pattern} ${example}`);
}

/** The line of a log in which requests wait in vain for a connection of their own pool; undefined where there is none. */
export function poolWait(container: ContainerView | undefined): EvidenceLine | undefined {
  const found = container?.patterns.find(isPoolWait);
  return (
    found && {
      probe: DOCKER_PROBES.logs,
      metric: 'patterns',
      value: found.count,
      unit: 'count',
      text: `in its log: ${found.example.slice(0, 160)}`,
    }
  );
}
