import type { ScheduleEdit } from '../core/checklist/schedule-edit.ts';
import type { ChecklistStore, ScheduleState } from '../engine/ports/checklists.ts';
import { cleanText } from './json-value.ts';
import type { Queryable } from './queryable.ts';

interface ScheduleRow {
  readonly id: string;
  readonly settled_until: string;
  readonly paused_by: string | null;
  readonly paused_until: string | null;
  readonly skip_next_by: string | null;
}

interface EditRow {
  readonly checklist: string;
  readonly channel: string;
  readonly cron: string;
  readonly timezone: string;
  readonly paused: boolean;
  readonly reminds: boolean | null;
  readonly remind_after_ms: string | null;
  readonly remind_in: string | null;
  readonly holidays: string | null;
  readonly edited_by: string;
  readonly edited_at: string;
}

/** The parts of the store that are about schedules. */
export type ScheduleStore = Pick<
  ChecklistStore,
  'lockSchedule' | 'saveSchedule' | 'scheduleStates' | 'edits' | 'lockEdit' | 'saveEdit' | 'deleteEdit'
>;

/** How far schedules have come, and what people set in place of the file. */
export function scheduleStore(db: Queryable): ScheduleStore {
  return { ...states(db), ...edits(db) };
}

function states(db: Queryable): Pick<ScheduleStore, 'lockSchedule' | 'saveSchedule' | 'scheduleStates'> {
  return {
    async lockSchedule(id, at) {
      await db.query(
        'insert into checklist_schedules (id, settled_until) values ($1, $2) on conflict do nothing',
        [id, at],
      );
      const { rows } = await db.query<ScheduleRow>(
        'select * from checklist_schedules where id = $1 for update',
        [id],
      );
      return rows[0]
        ? toState(rows[0])
        : { id, settledUntil: at, pausedBy: undefined, pausedUntil: undefined, skipNextBy: undefined };
    },
    async saveSchedule({ id, settledUntil, pausedBy, pausedUntil, skipNextBy }) {
      await db.query(
        `insert into checklist_schedules (id, settled_until, paused_by, paused_until, skip_next_by) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set settled_until = excluded.settled_until, paused_by = excluded.paused_by,
           paused_until = excluded.paused_until, skip_next_by = excluded.skip_next_by`,
        [id, settledUntil, pausedBy ?? null, pausedUntil ?? null, skipNextBy ?? null],
      );
    },
    async scheduleStates(ids) {
      const { rows } = await db.query<ScheduleRow>('select * from checklist_schedules where id = any($1)', [
        ids,
      ]);
      return rows.map(toState);
    },
  };
}

function edits(db: Queryable): Pick<ScheduleStore, 'edits' | 'lockEdit' | 'saveEdit' | 'deleteEdit'> {
  return {
    async edits() {
      const { rows } = await db.query<EditRow>('select * from checklist_edits order by checklist, channel');
      return rows.map(toEdit);
    },
    async lockEdit({ checklist, channel }) {
      await db.query('select pg_advisory_xact_lock(hashtextextended($1, 7312207))', [
        cleanText(`${checklist} ${channel}`),
      ]);
    },
    async saveEdit({ checklist, channel, cron, timezone, paused, reminder, keeps, editedBy, editedAt }) {
      await db.query(
        `insert into checklist_edits (checklist, channel, cron, timezone, paused, edited_by, edited_at, reminds, remind_after_ms, remind_in, holidays)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (checklist, channel) do update set cron = excluded.cron, timezone = excluded.timezone,
           paused = excluded.paused, edited_by = excluded.edited_by, edited_at = excluded.edited_at, reminds = excluded.reminds,
           remind_after_ms = excluded.remind_after_ms, remind_in = excluded.remind_in, holidays = excluded.holidays`,
        [
          checklist,
          channel,
          cron,
          timezone,
          paused,
          editedBy,
          editedAt,
          reminder === undefined ? null : reminder.remindAfterMs !== undefined,
          reminder?.remindAfterMs ?? null,
          reminder?.remindIn ?? null,
          keeps ?? null,
        ],
      );
    },
    async deleteEdit({ checklist, channel }) {
      await db.query('delete from checklist_edits where checklist = $1 and channel = $2', [
        checklist,
        channel,
      ]);
    },
  };
}

function toState({ id, settled_until, paused_by, paused_until, skip_next_by }: ScheduleRow): ScheduleState {
  return {
    id,
    settledUntil: Number(settled_until),
    pausedBy: paused_by ?? undefined,
    pausedUntil: paused_until === null ? undefined : Number(paused_until),
    skipNextBy: skip_next_by ?? undefined,
  };
}

function toEdit(row: EditRow): ScheduleEdit {
  const { checklist, channel, cron, timezone, paused } = row;
  const reminder = {
    remindAfterMs: row.remind_after_ms === null ? undefined : Number(row.remind_after_ms),
    remindIn: row.remind_in ?? undefined,
  };
  return {
    checklist,
    channel,
    cron,
    timezone,
    paused,
    reminder: row.reminds === null ? undefined : reminder,
    keeps: row.holidays ?? undefined,
    editedBy: row.edited_by,
    editedAt: Number(row.edited_at),
  };
}
