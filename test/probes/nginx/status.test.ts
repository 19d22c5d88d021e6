import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { proxyDroppedConnectionsRule } from '../../../src/core/diagnosis/rules/proxy-connections.ts';
import type { TargetOf } from '../../../src/core/inventory/target.ts';
import { parseAccessLine } from '../../../src/probes/nginx/parse-access-line.ts';
import { nginxStatusProbe } from '../../../src/probes/nginx/status.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { freePort } from '../../support/free-port.ts';
import { startNginx, type TestNginx } from '../../support/nginx.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, numbers } from '../docker/collect.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';

const CONNECTIONS = 40;

/** A clock that tells when it was read: the probe notes the time of its first look. */
function watchClock() {
  let reads = 0;
  return {
    now: () => {
      reads += 1;
      return Date.now();
    },
    read: () => expect.poll(() => reads, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0),
  };
}

describeWith(['nginx'], 'nginx.status', () => {
  let nginx: TestNginx;
  let port: number;
  const target = (path = '/nginx_status', at = port): TargetOf<'nginx'> => ({
    kind: 'nginx',
    id: 'nginx:proxy',
    service: 'proxy',
    zone: 'default',
    status: `http://127.0.0.1:${at}${path}`,
  });

  beforeAll(async () => {
    port = await freePort();
    nginx = await startNginx({
      connections: CONNECTIONS,
      http: `
        log_format appended '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
          '"$http_referer" "$http_user_agent" rt=$request_time uct="$upstream_connect_time" urt="$upstream_response_time"';
        server {
          listen 127.0.0.1:${port};
          access_log off;
          location = /nginx_status { stub_status; }
          location /page { access_log FOLDER/access.log combined; return 200 ok; }
          location /timed { access_log FOLDER/access.log appended; return 200 ok; }
          location /closed { deny all; }
        }`,
    });
  });
  afterAll(() => nginx?.close());

  probeContract({
    healthy: () => ({ probe: nginxStatusProbe(), target: target() }),
    unreachable: () => ({ probe: nginxStatusProbe(), target: target('/nginx_status', 1) }),
    params: { window: 200 },
    metrics: [
      'connections_active',
      'connections_reading',
      'connections_writing',
      'connections_waiting',
      'requests_per_second',
      'accepted_per_second',
      'requests_per_connection',
      'dropped_connections',
    ],
  });

  it.each([
    ['/page', 'invalid_response'],
    ['/closed', 'permission'],
    ['/nowhere', 'not_found'],
  ])('says what is wrong with %s', async (path, reason) => {
    expect(await observe(nginxStatusProbe(), target(path))).toMatchObject({ status: 'unavailable', reason });
  });

  it('counts nothing of its own, and how much clients use one connection', async () => {
    expect(numbers(await collect(nginxStatusProbe(), target(), { window: 200 }))).toMatchObject({
      connections_active: 0,
      connections_writing: 0,
      requests_per_second: 0,
      accepted_per_second: 0,
      dropped_connections: 0,
    });
    const clock = watchClock();
    const looking = collect(nginxStatusProbe(), target(), { window: 1000 }, clock.now);
    await clock.read();
    const socket = connect(port, '127.0.0.1');
    for (let n = 0; n < 6; n += 1) {
      socket.write('GET /page?token=hunter22 HTTP/1.1\r\nHost: a\r\n\r\n');
      await once(socket, 'data');
    }
    const seen = numbers(await looking);
    expect(seen.requests_per_connection).toBe(6);
    expect(seen.connections_waiting).toBe(1);
    socket.destroy();
  });

  it('sees connections that nginx drops because its limit is reached', async () => {
    const clock = watchClock();
    const looking = observe(nginxStatusProbe(), target(), { window: 3000 }, clock.now);
    await clock.read();
    const sockets: Socket[] = [];
    // One after the other: an idle connection would be closed in favour of a new one; one in its request is not.
    for (let n = 0; n < 2 * CONNECTIONS; n += 1) {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /')).on('error', () => {});
      sockets.push(socket);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const socket of sockets) socket.destroy();
    const evidence = collected(await looking);
    expect(numbers(evidence).dropped_connections).toBeGreaterThan(CONNECTIONS / 2);
    const { causes } = diagnose(
      [proxyDroppedConnectionsRule],
      factsFrom([evidence], [serviceNamed('proxy', 'nginx')]),
    );
    expect(causes.map(({ id, service }) => [id, service])).toEqual([['proxy.dropped_connections', 'proxy']]);
    expect(causes[0]?.advice.map(({ command }) => command).join()).toContain('nginx -t && nginx -s reload');
  });

  it('has a log that the parser reads, with and without times', async () => {
    await fetch(`http://127.0.0.1:${port}/page/8812?token=hunter22`, {
      headers: { 'user-agent': 'a "quoted" [one]' },
    });
    await fetch(`http://127.0.0.1:${port}/timed/8812`);
    const entries = nginx
      .accessLog()
      .slice(-2)
      .map((line) => parseAccessLine(1, line));
    expect(entries).toEqual([
      {
        at: 1,
        format: 'text',
        status: 200,
        path: '/page/8812',
        route: 'GET /page/:id',
        bytes: 2,
        upstreams: [],
      },
      {
        at: 1,
        format: 'text',
        status: 200,
        path: '/timed/8812',
        route: 'GET /timed/:id',
        bytes: 2,
        requestMs: expect.any(Number),
        upstreams: [],
      },
    ]);
  });
});
