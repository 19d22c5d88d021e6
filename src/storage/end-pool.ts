import type pg from 'pg';

/** A server that hangs closes no connection; nobody waits longer for it. */
const WITHIN_MS = 1000;

/**
 * Ends a pool and waits until the server has closed its connections too. `pool.end` alone answers before that, and a server
 * that is stopped next ends what is still open with an error.
 */
export async function endPool(pool: pg.Pool): Promise<void> {
  let open = pool.totalCount;
  const closed = new Promise<void>((resolve) => {
    if (open === 0) resolve();
    pool.on('remove', () => {
      open -= 1;
      if (open === 0) resolve();
    });
  });
  await pool.end();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, WITHIN_MS);
  });
  await Promise.race([closed, late]);
  clearTimeout(timer);
}
