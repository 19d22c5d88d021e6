import { expect, it } from 'vitest';
import { parseInfo, serverVersion } from '../../../src/probes/redis/parse-info.ts';

it.each([
  ['redis_version:7.4.1', { name: 'Redis', version: '7.4.1' }],
  ['redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1', { name: 'Valkey', version: '8.0.1' }],
  ['uptime_in_seconds:3', { name: 'Redis', version: '' }],
])('tells the server of %j', (info, server) => {
  expect(serverVersion(parseInfo(`# Server\r\n${info}\r\n`))).toEqual(server);
});
