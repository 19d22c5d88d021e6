import { describe, expect, it } from 'vitest';
import { redactCommand } from '../../../src/probes/redis/redact-command.ts';

describe('redactCommand', () => {
  it.each([
    [['get', 'user:alice:profile'], 'GET user:*'],
    [['LRANGE', 'feed', '0', '-1'], 'LRANGE feed (2 more)'],
    [['SET', 'token=abc123', 'value'], 'SET * (1 more)'],
    [['GET', '4111111111111111'], 'GET *'],
    [['KEYS', '*secret*'], 'KEYS (1 more)'],
    [['EVAL', 'return 1', '1', 'key'], 'EVAL (3 more)'],
    [['CONFIG', 'SET', 'requirepass', 'hunter2'], 'CONFIG SET (2 more)'],
    [['AUTH', 'hunter2'], 'AUTH (1 more)'],
    [['FT.SEARCH', 'idx:users', '@name:alice'], 'FT.SEARCH idx:* (1 more)'],
    [['DBSIZE'], 'DBSIZE'],
    [['\u0000bad', 'x'], '(unknown) x'],
    [[], '(unknown)'],
  ])('%j', (args, expected) => {
    expect(redactCommand(args)).toBe(expected);
  });
});
