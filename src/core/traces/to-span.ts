import { maskPath } from '../logs/mask-path.ts';
import { redactSecrets } from '../logs/redact-secrets.ts';
import { normaliseSql } from '../sql/normalise.ts';
import type { Span } from './span.ts';

/** A span as any source of traces gives it: its attributes by name, values as text. */
export interface RawSpan
  extends Pick<Span, 'traceId' | 'spanId' | 'service' | 'kind' | 'startMs' | 'durationMs'> {
  readonly parentId?: string | undefined;
  readonly operation: string;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

const MOST_CHARACTERS = 120;
const NOT_SQL = /redis|valkey|memcached|mongo|elasticsearch|opensearch|dynamodb|cassandra|couch|neo4j|influx/;
const DOUBLE_QUOTES_ARE_TEXT = /mysql|mariadb/;

/** Names of one value in the semantic conventions of OpenTelemetry, now and before, and of OpenTracing. */
const NAMES = {
  statement: ['db.query.text', 'db.statement'],
  system: ['db.system.name', 'db.system', 'db.type'],
  database: ['db.namespace', 'db.name', 'db.instance'],
  command: ['db.operation.name', 'db.operation'],
  peer: [
    'peer.service',
    'server.address',
    'net.peer.name',
    'net.sock.peer.name',
    'peer.hostname',
    'peer.address',
    'net.peer.ip',
  ],
  url: ['url.full', 'http.url'],
} as const;

/** Takes out what perfbot needs, and no value: ids in names, literals in statements and secrets stay behind. */
export function toSpan({ attributes, operation, parentId, isError, ...span }: RawSpan): Span {
  const find = (name: keyof typeof NAMES) =>
    NAMES[name].map((key) => attributes[key]).find((value) => value !== undefined && value !== '');
  const system = find('system')?.toLowerCase();
  const text = find('statement');
  const statement = text === undefined ? undefined : toStatement(text, system, find('command'));
  const peer = find('peer') ?? hostOf(find('url')) ?? find('database');
  const sampler = attributes['sampler.type'];
  return {
    ...span,
    ...(parentId !== undefined && parentId !== '' && { parentId }),
    operation: toOperation(operation),
    isError,
    isDatabase: system !== undefined || statement !== undefined,
    ...(statement !== undefined && { statement }),
    ...(peer !== undefined && { peer: redactSecrets(peer).slice(0, MOST_CHARACTERS) }),
    ...(sampler !== undefined && {
      sampling: `${sampler} ${attributes['sampler.param'] ?? ''}`.trim().slice(0, MOST_CHARACTERS),
    }),
  };
}

/** Only SQL has known rules for what is a value; of other languages just the command is kept. */
function toStatement(text: string, system: string | undefined, command: string | undefined): string {
  if (system !== undefined && NOT_SQL.test(system))
    return `${system} ${command ?? /^\w+/.exec(text.trim())?.[0] ?? 'command'}`;
  const isText = system !== undefined && DOUBLE_QUOTES_ARE_TEXT.test(system);
  return normaliseSql(isText ? text.replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, '?') : text);
}

/** `GET /items/17` and `https://shop/items/17` name a route; other names stay. */
function toOperation(name: string): string {
  const [, method = '', target] = /^([A-Z]{3,7} )?((?:https?:\/)?\/\S*)$/.exec(name.trim()) ?? [];
  if (target !== undefined) return `${method}${maskPath(target)}`;
  // Instrumentations of databases put the statement into the name.
  const shown = /^(?:select|insert|update|delete|with)\s/i.test(name)
    ? normaliseSql(name)
    : redactSecrets(name);
  return shown.slice(0, MOST_CHARACTERS) || '(no name)';
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}
