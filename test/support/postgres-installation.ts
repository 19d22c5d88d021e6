import { join } from 'node:path';

const given = process.env.PERFBOT_TEST_POSTGRES ?? '';

/** True when PERFBOT_TEST_POSTGRES names an installation (a folder with `bin`) to take for every PostgreSQL of the tests. */
export const isPostgresGiven = given !== '';

/** Programs of the installation that is given, else of Debian's PostgreSQL 15. */
export const POSTGRES_BIN = join(isPostgresGiven ? given : '/usr/lib/postgresql/15', 'bin');

/** What to call the server in the names of tests. */
export const POSTGRES_TITLE = isPostgresGiven ? `the PostgreSQL in ${given}` : 'PostgreSQL 15';
