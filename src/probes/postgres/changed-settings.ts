import { z } from 'zod';
import { settingSize } from '../../core/unit.ts';
import type { Query } from './connection.ts';
import { settingNumber } from './setting-values.ts';

const Row = z.object({
  name: z.string(),
  value: z.string(),
  unit: z.string().nullable(),
  is_text: z.boolean(),
});

const Server = z.object({ started_ms: z.number(), sees_all: z.boolean() });

// Texts may hold passwords (primary_conninfo, archive_command, settings of an application): they leave the server as a
// hash only. reset_val, because perfbot sets limits of its own for its transaction. What a client says at its
// connection is not what the server has.
const SETTINGS = `
  SELECT /* perfbot */ name, unit, vartype = 'string' AS is_text,
    CASE WHEN vartype = 'string' THEN left(encode(sha256(convert_to(reset_val, 'UTF8')), 'hex'), 12) ELSE reset_val END AS value
  FROM pg_settings
  WHERE reset_val IS NOT NULL AND reset_val IS DISTINCT FROM boot_val AND context <> 'internal'
    AND name NOT IN ('application_name', 'client_encoding')
  ORDER BY name`;

const SERVER = `
  SELECT /* perfbot */ round(extract(epoch FROM pg_postmaster_start_time()) * 1000)::float8 AS started_ms,
    pg_has_role('pg_read_all_settings', 'USAGE') AS sees_all`;

/** When the server started, and its settings that are not the default, as facts `setting.<name>`; texts as a hash. */
export async function changedSettings(query: Query): Promise<Readonly<Record<string, string>>> {
  const [server] = await query(Server, SERVER);
  const rows = await query(Row, SETTINGS);
  const settings = rows.map(({ name, value, unit, is_text }): [string, string] => [
    `setting.${name}`,
    is_text ? `#${value}` : asWritten(value, unit),
  ]);
  return {
    ...(server && { started_at: new Date(server.started_ms).toISOString() }),
    // Without this right some settings do not show: they are not compared with a look that saw them.
    settings_seen: server?.sees_all ? 'all' : 'most',
    ...Object.fromEntries(settings),
  };
}

/** A number with its unit as in postgresql.conf: `64MB`, `500ms`. */
function asWritten(value: string, unit: string | null): string {
  const setting = { name: '', value, unit, context: '', source: '', pending_restart: false };
  const bytes = /B$/.test(unit ?? '') ? settingNumber(setting) : undefined;
  return bytes === undefined || bytes < 0
    ? `${value}${bytes === undefined ? (unit ?? '') : ''}`
    : settingSize(bytes);
}
