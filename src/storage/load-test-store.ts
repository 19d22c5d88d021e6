import type { LoadPlan, LoadResult, LoadState, LoadStop, LoadTest } from '../core/loadtest/load-test.ts';
import type { LoadTestStore } from '../engine/ports/load-test-store.ts';
import { toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

interface Row {
  readonly id: string;
  readonly plan: LoadPlan;
  readonly state: LoadState;
  readonly requested_by: string;
  readonly channel: string;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly result: LoadResult | null;
  readonly stop: LoadStop | null;
}

const COLUMNS = 'id, plan, state, requested_by, channel, created_at, finished_at, result, stop';

/** Tests of one profile since the last round that are looked at. */
const MOST_TESTS = 200;

/** A job that nobody takes for so long is lost. */
const TAKEN_WITHIN_MS = 60_000;

/** Load tests in PostgreSQL; an index keeps two from running on one service. */
export function loadTestStore(db: Queryable): LoadTestStore {
  const select = async (where: string, values: readonly unknown[]): Promise<readonly LoadTest[]> => {
    const { rows } = await db.query<Row>(`select ${COLUMNS} from load_tests where ${where}`, values);
    return rows.map(toLoadTest);
  };
  return {
    async create({ id, plan, requestedBy, channel, createdAt }) {
      const { rowCount } = await db.query(
        `insert into load_tests (id, service, profile, plan, state, requested_by, channel, created_at)
         values ($1, $2, $3, $4, 'running', $5, $6, $7) on conflict do nothing`,
        [id, plan.service, plan.profile, toJsonb(plan), requestedBy, channel, createdAt],
      );
      return rowCount === 1 || (await select('id = $1', [id])).length === 1;
    },
    get: async (id) => (await select('id = $1', [id]))[0],
    running: async (service) => (await select(`service = $1 and state = 'running'`, [service]))[0],
    async begin(id, leaseUntil) {
      const { rowCount } = await db.query(
        `update load_tests set lease_until = $2 where id = $1 and state = 'running' and lease_until is null`,
        [id, leaseUntil],
      );
      return rowCount === 1;
    },
    async renew(id, leaseUntil) {
      const { rows } = await db.query<{ stop_requested_by: string | null }>(
        `update load_tests set lease_until = $2 where id = $1 and state = 'running' returning stop_requested_by`,
        [id, leaseUntil],
      );
      return { over: rows.length === 0, stopBy: rows[0]?.stop_requested_by ?? undefined };
    },
    async hold(id) {
      const { rowCount } = await db.query(
        `select from load_tests where id = $1 and state = 'running' for update`,
        [id],
      );
      return rowCount === 1;
    },
    async askToStop(id, userId) {
      const { rowCount } = await db.query(
        `update load_tests set stop_requested_by = coalesce(stop_requested_by, $2)
         where id = $1 and state = 'running'`,
        [id, userId],
      );
      return rowCount === 1;
    },
    async finish(id, { state, at, result, stop }) {
      const { rowCount } = await db.query(
        `update load_tests set state = $2, finished_at = $3, result = $4, stop = $5
         where id = $1 and state = 'running'`,
        [id, state, at, result && toJsonb(result), stop && toJsonb(stop)],
      );
      return rowCount === 1;
    },
    abandoned: (at, limit) =>
      // One that no worker has taken yet has its creation as the beginning of its lease.
      select(
        `state = 'running' and coalesce(lease_until, created_at + $2) < $1 order by created_at limit $3`,
        [at, TAKEN_WITHIN_MS, limit],
      ),
    endedSince: ({ profile, since }) =>
      select(`profile = $1 and state <> 'running' and finished_at > $2 order by created_at desc limit $3`, [
        profile,
        since,
        MOST_TESTS,
      ]),
    async before({ id, plan }) {
      const [test] = await select(
        `service = $1 and profile = $2 and id <> $3 and state = 'finished' and result is not null
         and created_at < (select created_at from load_tests where id = $3) order by created_at desc limit 1`,
        [plan.service, plan.profile, id],
      );
      return test;
    },
  };
}

function toLoadTest(row: Row): LoadTest {
  return {
    id: row.id,
    plan: row.plan,
    state: row.state,
    requestedBy: row.requested_by,
    channel: row.channel,
    createdAt: Number(row.created_at),
    finishedAt: row.finished_at === null ? undefined : Number(row.finished_at),
    result: row.result ?? undefined,
    stop: row.stop ?? undefined,
  };
}
