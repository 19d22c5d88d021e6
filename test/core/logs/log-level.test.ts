import { describe, expect, it } from 'vitest';
import { parseLogLine } from '../../../src/core/logs/parse-log-line.ts';

const lines: readonly (readonly [level: string, line: string])[] = [
  ['info', 'GET /api/error-reports 200 12ms'],
  ['info', '10.0.0.1 - - [23/Nov/2026:13:00:00 +0000] "GET /failed-jobs HTTP/1.1" 200 512 "-" "curl/8"'],
  ['error', '10.0.0.1 - - [23/Nov/2026:13:00:00 +0000] "GET /api HTTP/1.1" 502 157 "-" "curl/8"'],
  ['info', '10.0.0.1 - - [23/Nov/2026:13:00:00 +0000] "GET /api HTTP/1.1" 404 157 "-" "curl/8"'],
  ['unknown', '{"errors":0,"total":12}'],
  ['unknown', 'sync done: 12 ok, errors: 0'],
  ['unknown', 'finished with 0 errors'],
  ['unknown', 'error_count=0 path=/errors/new'],
  ['unknown', 'loading /app/errors.js'],
  ['unknown', 'retry if failed'],
  ['unknown', 'Server listening on 3000'],
  ['error', 'Error: connect ECONNREFUSED 10.0.0.5:5432'],
  ['error', "TypeError: Cannot read properties of undefined (reading 'id')"],
  ['error', 'request failed: upstream said 503'],
  ['error', '2026-11-23T13:00:00.000Z ERROR payment declined'],
  ['error', '2026-11-23 13:00:00,123 - app.orders - ERROR - payment declined'],
  ['error', '[ERROR] payment declined'],
  ['error', 'level=error msg="payment declined"'],
  ['info', 'level=info msg="error handler installed"'],
  ['warning', '2026/11/23 13:00:00 [warn] 7#7: *1 an upstream response is buffered'],
  ['error', '2026/11/23 13:00:00 [error] 7#7: *1 connect() failed (111: Connection refused)'],
  ['fatal', '2026/11/23 13:00:00 [emerg] 1#1: host not found in upstream "api"'],
  ['error', '2026-11-23 13:00:00.000 UTC [42] ERROR:  deadlock detected'],
  ['fatal', '2026-11-23 13:00:00.000 UTC [42] FATAL:  sorry, too many clients already'],
  ['info', '2026-11-23 13:00:00.000 UTC [42] LOG:  checkpoint complete: wrote 3 buffers'],
  ['warning', '1:M 23 Nov 2026 13:00:00.000 # WARNING overcommit_memory is set to 0!'],
  ['info', '1:M 23 Nov 2026 13:00:00.000 * Ready to accept connections'],
  ['error', 'E1123 13:00:00.000000       1 server.go:12] lost lease'],
  ['fatal', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ['error', '{"level":50,"time":1,"msg":"payment declined"}'],
  ['fatal', '{"level":60,"msg":"bye"}'],
  ['info', '{"level":"info","msg":"error budget fine"}'],
  ['error', '{"severity":"ERROR","message":"payment declined"}'],
  ['error', '{"msg":"save","err":{"type":"Error","message":"disk full"}}'],
  ['error', '{"method":"GET","url":"/x","statusCode":500}'],
  ['info', '{"method":"GET","url":"/error-reports","statusCode":200,"errors":0}'],
  ['warning', '(node:1) DeprecationWarning: Buffer() is deprecated'],
  ['error', '\u001b[31merror\u001b[39m: payment declined'],
];

describe('level of a log line', () => {
  it.each(lines)('%s: %s', (level, line) => {
    expect(parseLogLine(line).level).toBe(level);
  });

  it('unpacks the message of a JSON line and of the error in it', () => {
    expect(
      parseLogLine('{"level":50,"time":1,"pid":7,"err":{"message":"disk full"},"msg":"save"}').message,
    ).toBe('save: disk full');
  });

  it('reads the level of an uncaught error from its first line, not from the code shown below it', () => {
    expect(parseLogLine("/app/x.js:3\n  throw new Error('boom');\n  ^").level).toBe('unknown');
  });
});
