import { textIn } from './cells.ts';
import { collectedFor, type Facts, metricFor, rowsOf } from './facts.ts';
import { onOneLine } from './quote.ts';

const MIB = 1024 ** 2;
const RELOAD = 'then, as a statement of its own: SELECT pg_reload_conf();';
const RESTART = 'then restart PostgreSQL: it is read at the start only';

/** Settings that are read at the start only (pg_settings.context `postmaster`), for a server whose settings were not read. */
const AT_START = ['shared_buffers', 'max_connections'];

/** How a setting of a server is changed and changed back. What its command line sets, ALTER SYSTEM cannot change. */
export function changeSetting(
  facts: Facts,
  service: string,
  { setting, value }: { readonly setting: string; readonly value: string },
): { readonly command: string; readonly undo: string; readonly needs: string } {
  const row = rowsOf(collectedFor(facts, 'postgres.settings', service), 'settings').find(
    (found) => textIn(found, 'setting') === setting,
  );
  const atStart = row ? textIn(row, 'change_needs') === 'restart' : AT_START.includes(setting);
  if (textIn(row, 'source') === 'command line') {
    return {
      command: `-- in the command line of the server (for a container, its command): -c ${setting}=${value.replaceAll("'", '')}, then start it anew`,
      undo: `-- in the command line of the server: -c ${setting}=${formerValue(facts, service, setting) ?? onOneLine(textIn(row, 'value')).replaceAll(' ', '')}`,
      needs: 'Needs a restart, because the command line of the server sets it: ALTER SYSTEM has no effect.',
    };
  }
  const then = atStart ? RESTART : RELOAD;
  return {
    command: `ALTER SYSTEM SET ${setting} = ${value}; -- ${then}`,
    undo: `ALTER SYSTEM RESET ${setting}; -- ${then}`,
    needs: atStart ? 'Needs a restart, which ends all sessions.' : 'No restart is needed.',
  };
}

/** A size as PostgreSQL counts it: its MB are 1024 × 1024 bytes, those for people are not. */
function formerValue(facts: Facts, service: string, setting: string): string | undefined {
  const bytes = metricFor(facts, 'postgres.settings', service, `${setting}_bytes`);
  if (bytes === undefined) return undefined;
  return bytes % MIB === 0 ? `${bytes / MIB}MB` : `${Math.round(bytes / 1024)}kB`;
}
