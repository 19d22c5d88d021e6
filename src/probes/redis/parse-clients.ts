/** A connection as `CLIENT LIST` describes it, perfbot's own left out. Addresses and names are the caller's text. */
export interface RedisClient {
  /** The name that it gave itself, else its address without the port, with the user where that is not the default one. */
  readonly caller: string;
  readonly idleMs: number;
  readonly isBlocked: boolean;
  /** It runs MONITOR and gets a copy of all that is asked. */
  readonly isMonitor: boolean;
  readonly isSubscriber: boolean;
  readonly isReplica: boolean;
  readonly outputBytes: number;
  readonly memoryBytes: number;
  readonly command: string;
}

const LONGEST_NAME = 40;

/** Reads the answer of `CLIENT LIST`: one line for each connection, `key=value` between spaces. */
export function parseClients(text: string): readonly RedisClient[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('id='))
    .map((line) => new Map(line.trim().split(' ').map(toPair)))
    .filter((fields) => fields.get('name') !== 'perfbot')
    .map(toClient);
}

function toPair(field: string): [string, string] {
  const equals = field.indexOf('=');
  return [field.slice(0, equals), field.slice(equals + 1)];
}

function toClient(fields: ReadonlyMap<string, string>): RedisClient {
  const flags = fields.get('flags') ?? '';
  const number = (name: string) => Number(fields.get(name)) || 0;
  return {
    caller: callerOf(fields),
    idleMs: number('idle') * 1000,
    isBlocked: flags.includes('b'),
    isMonitor: flags.includes('O'),
    isSubscriber: flags.includes('P'),
    isReplica: flags.includes('S') && !flags.includes('O'),
    outputBytes: number('obl') + number('omem'),
    memoryBytes: number('tot-mem'),
    command: /^[a-z|_.-]{1,40}$/i.test(fields.get('cmd') ?? '') ? (fields.get('cmd') ?? '') : '',
  };
}

function callerOf(fields: ReadonlyMap<string, string>): string {
  const address = (fields.get('addr') ?? '').replace(/:\d+$/, '');
  const name = (fields.get('name') || address || 'unknown').slice(0, LONGEST_NAME);
  const user = fields.get('user') ?? 'default';
  return user === 'default' ? name : `${name} (${user.slice(0, LONGEST_NAME)})`;
}
