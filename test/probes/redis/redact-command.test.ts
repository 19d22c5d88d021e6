import { describe, expect, it } from 'vitest';
import { redactCommand } from '../../../src/probes/redis/redact-command.ts';

describe('redactCommand', () => {
  it.each([
    [['get', 'user:alice:profile'], 'GET user:*'],
    [['LRANGE', 'feed', '0', '-1'], 'LRANGE feed (2 more arguments)'],
    [['SET', 'token=abc123', 'value'], 'SET * (1 more argument)'],
    [['GET', '4111111111111111'], 'GET *'],
    [['KEYS', '*secret*'], 'KEYS (1 more argument)'],
    [['EVAL', 'return 1', '1', 'key'], 'EVAL (3 more arguments)'],
    [['CONFIG', 'SET', 'requirepass', 'hunter2'], 'CONFIG SET (2 more arguments)'],
    [['AUTH', 'hunter2'], 'AUTH (1 more argument)'],
    [['FT.SEARCH', 'idx:users', '@name:alice'], 'FT.SEARCH idx:* (1 more argument)'],
    [['DBSIZE'], 'DBSIZE'],
    [['\u0000bad', 'x'], '(unknown) x'],
    [[], '(unknown)'],
  ])('%j', (args, expected) => {
    expect(redactCommand(args)).toBe(expected);
  });
});
