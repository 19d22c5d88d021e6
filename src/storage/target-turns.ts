import type pg from 'pg';
import { PerfbotError } from '../core/errors.ts';
import type { Turns } from '../engine/ports/turns.ts';
import { toDatabaseError } from './errors.ts';

/** Keeps our advisory locks apart from those of others in the same database; arbitrary and constant. */
const SEED = 7_312_206_004;
const TAKE = 'select pg_try_advisory_lock(hashtextextended($1, $2)) as taken';
const GIVE_BACK = 'select pg_advisory_unlock(hashtextextended($1, $2))';

/** The connection that holds all turns of this process. PostgreSQL frees them when it is gone, however it went. */
interface Session {
  readonly client: Promise<pg.PoolClient>;
  /** Turns that are held or asked for, each with what tells that it was lost. */
  readonly turns: Map<string, AbortController>;
  /** Listens on the client while it is ours. */
  onError?: () => void;
}

/** Turns as advisory locks: a worker that dies gives them back at once. One connection per process, and only while there are turns. */
export function targetTurns(pool: pg.Pool): Turns {
  let current: Session | undefined;

  const lose = (session: Session): void => {
    if (current === session) current = undefined;
    const reason = new PerfbotError('unreachable', 'the connection that held the turn is lost', {
      userMessage: "perfbot's database went away, and the turn at this target with it.",
    });
    for (const lost of session.turns.values()) lost.abort(reason);
    session.turns.clear();
  };

  const open = (): Session => {
    const session: Session = { client: pool.connect(), turns: new Map() };
    session.client.then(
      (client) => {
        session.onError = () => {
          lose(session);
          client.release(true);
        };
        client.once('error', session.onError);
      },
      () => lose(session),
    );
    return session;
  };

  const leave = async (session: Session, targetId: string): Promise<void> => {
    session.turns.delete(targetId);
    if (session.turns.size > 0 || current !== session) return;
    current = undefined;
    const client = await session.client;
    if (session.onError) client.removeListener('error', session.onError);
    client.release();
  };

  /** A connection that cannot be asked is thrown away: nobody knows what it still holds. */
  const ask = async (session: Session, sql: string, targetId: string): Promise<boolean> => {
    try {
      const client = await session.client;
      const { rows } = await client.query<{ taken?: boolean }>(sql, [targetId, SEED]);
      return rows[0]?.taken ?? true;
    } catch (error) {
      if (current === session) {
        lose(session);
        const client = await session.client.catch(() => undefined);
        client?.release(true);
      }
      throw toDatabaseError(error);
    }
  };

  return {
    async take(targetId) {
      current ??= open();
      const session = current;
      // A session may take its own lock twice, so that the turns of one process are told apart here.
      if (session.turns.has(targetId)) return undefined;
      const lost = new AbortController();
      session.turns.set(targetId, lost);
      if (!(await ask(session, TAKE, targetId))) {
        await leave(session, targetId);
        return undefined;
      }
      let released = false;
      const release = async () => {
        if (released || session.turns.get(targetId) !== lost) return;
        released = true;
        await ask(session, GIVE_BACK, targetId).catch(() => undefined);
        await leave(session, targetId);
      };
      return { lost: lost.signal, release };
    },
  };
}
