/** Commands whose first argument is a subcommand. */
const CONTAINERS = new Set(
  'ACL CLIENT CLUSTER COMMAND CONFIG DEBUG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO'.split(
    ' ',
  ),
);

/** Commands whose first argument is no key: a pattern, a script, a password, a channel. */
const KEYLESS = new Set(
  'AUTH ECHO EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO FLUSHALL FLUSHDB HELLO INFO KEYS MIGRATE PING PSUBSCRIBE PUBLISH REPLICAOF SCAN SELECT SHUTDOWN SLAVEOF SPUBLISH SUBSCRIBE WAIT'.split(
    ' ',
  ),
);

const NAME = /^[A-Za-z][A-Za-z_-]{0,30}$/;

/**
 * A command of the slow log without its arguments: `LRANGE feed:* (2 more arguments)`. Of a key only its family stays, the part
 * before the first separator; the rest may hold names of people or tokens.
 */
export function redactCommand(args: readonly string[]): string {
  const [name = '', first, ...rest] = args;
  const command = NAME.test(name.replaceAll('.', '_')) ? name.toUpperCase() : '(unknown)';
  if (first === undefined) return command;
  if (CONTAINERS.has(command))
    return `${command} ${NAME.test(first) ? first.toUpperCase() : '?'}${more(rest.length)}`;
  if (KEYLESS.has(command)) return `${command}${more(rest.length + 1)}`;
  return `${command} ${keyFamily(first)}${more(rest.length)}`;
}

function keyFamily(key: string): string {
  const separator = key.search(/[:./|{}#-]/);
  if (separator < 0) return /^[A-Za-z_]{1,24}$/.test(key) ? key : '*';
  const family = key.slice(0, separator);
  return /^[A-Za-z_]{1,24}$/.test(family) ? `${family}${key[separator]}*` : '*';
}

function more(count: number): string {
  return count === 0 ? '' : ` (${count} more ${count === 1 ? 'argument' : 'arguments'})`;
}
