import type { Round, RoundItem } from '../core/checklist/round.ts';
import type { ChecklistStore } from '../engine/ports/checklists.ts';
import { toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';
import { type ScheduleStore, scheduleStore } from './schedule-store.ts';

/** JSON has no `undefined`: members that are not there are put back when a round is read. */
type StoredItem = Pick<RoundItem, 'position' | 'id' | 'title' | 'checked'> & Partial<RoundItem>;
type StoredRound = Omit<Round, 'items' | 'schedule' | 'requestedBy' | 'remindAt' | 'remindIn'> &
  Partial<Pick<Round, 'schedule' | 'requestedBy' | 'remindAt' | 'remindIn'>> & {
    readonly items: readonly StoredItem[];
  };

/** Rounds of checklists and the state of their schedules. */
export function checklistStore(db: Queryable): ChecklistStore {
  return { ...scheduleStore(db), ...rounds(db), ...presses(db) };
}

function rounds(db: Queryable): Omit<ChecklistStore, keyof ScheduleStore | 'lastPress' | 'savePress'> {
  const one = async (id: string, suffix = '') => {
    const { rows } = await db.query<{ body: StoredRound }>(
      `select body from checklist_rounds where id = $1 ${suffix}`,
      [id],
    );
    return rows[0] && toRound(rows[0].body);
  };
  const ids = async (sql: string, values: readonly unknown[]) =>
    (await db.query<{ id: string }>(sql, values)).rows.map(({ id }) => id);
  return {
    async addRound(round) {
      const { rowCount } = await db.query(
        `insert into checklist_rounds (id, checklist, channel, schedule, due_at, created_at, state, remind_at, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
        [
          round.id,
          round.checklist,
          round.channel,
          round.schedule ?? null,
          round.dueAt,
          round.createdAt,
          round.state,
          round.remindAt ?? null,
          toJsonb(round),
        ],
      );
      return rowCount === 1;
    },
    round: (id) => one(id),
    lockRound: (id) => one(id, 'for update'),
    async saveRound(round) {
      await db.query('update checklist_rounds set state = $2, remind_at = $3, body = $4 where id = $1', [
        round.id,
        round.state,
        round.remindAt ?? null,
        toJsonb(round),
      ]);
    },
    async lockList(checklist, channel) {
      await db.query('select pg_advisory_xact_lock(hashtextextended($1, 7312206))', [
        `checklist ${checklist} ${channel}`,
      ]);
    },
    async recent({ checklist, channel, limit }) {
      const { rows } = await db.query<{ body: StoredRound }>(
        `select body from checklist_rounds where ($1::text is null or checklist = $1) and ($2::text is null or channel = $2)
         order by created_at desc, due_at desc limit $3`,
        [checklist ?? null, channel ?? null, limit],
      );
      return rows.map(({ body }) => toRound(body));
    },
    async openRounds(limit) {
      const { rows } = await db.query<{ body: StoredRound }>(
        `select body from checklist_rounds where state <> 'replaced' order by created_at desc limit $1`,
        [limit],
      );
      return rows.map(({ body }) => toRound(body));
    },
    filling: (limit) =>
      ids(`select id from checklist_rounds where state = 'filling' order by created_at limit $1`, [limit]),
    toRemind: (at, limit) =>
      ids(
        `select id from checklist_rounds where state = 'open' and remind_at <= $1 order by remind_at limit $2`,
        [at, limit],
      ),
  };
}

function presses(db: Queryable): Pick<ChecklistStore, 'lastPress' | 'savePress'> {
  return {
    async lastPress({ roundId, element, userId }) {
      const { rows } = await db.query<{ ticked: number[] }>(
        'select ticked from checklist_presses where round_id = $1 and element = $2 and user_id = $3',
        [roundId, element, userId],
      );
      return rows[0]?.ticked;
    },
    async savePress({ roundId, element, userId, ticked }) {
      await db.query(
        `insert into checklist_presses (round_id, element, user_id, ticked) values ($1, $2, $3, $4)
         on conflict (round_id, element, user_id) do update set ticked = excluded.ticked`,
        [roundId, element, userId, ticked],
      );
    },
  };
}

function toRound(stored: StoredRound): Round {
  return {
    schedule: undefined,
    requestedBy: undefined,
    remindAt: undefined,
    remindIn: undefined,
    ...stored,
    items: stored.items.map((item) => ({ ...EMPTY_ITEM, ...item })),
  };
}

const EMPTY_ITEM = {
  person: undefined,
  fill: undefined,
  filling: undefined,
  checkedBy: undefined,
  checkedAt: undefined,
  note: undefined,
  notedBy: undefined,
  owner: undefined,
  ownerBy: undefined,
  openSince: undefined,
} as const;
