import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPrometheusClient } from '../../../src/probes/prometheus/client.ts';

async function clientFor(listener: RequestListener, userinfo = '') {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createPrometheusClient({ url: `http://${userinfo}127.0.0.1:${port}/prom/`, timeoutMs: 200 });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

const signal = () => new AbortController().signal;

describe('createPrometheusClient', () => {
  it('sends user and password of the URL, and the query in the body', async () => {
    const seen: string[] = [];
    const client = await clientFor(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push(`${request.method} ${request.url}`, request.headers.authorization ?? '', body);
      response.end(
        '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1.5,"NaN"]}]}}',
      );
    }, 'me:p%40ss@');
    const [series] = await client.query('up{a="b"}', 2000, signal());
    expect(series).toEqual({ labels: { a: 'b' }, points: [{ at: 1500, value: Number.NaN }] });
    expect(seen).toEqual([
      'POST /prom/api/v1/query',
      `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
      'query=up%7Ba%3D%22b%22%7D&time=2&timeout=200ms',
    ]);
  });

  it.each<[string, RequestListener, string]>([
    ['a wrong password', (_, response) => response.writeHead(401).end('no'), 'unauthorized'],
    ['a page that is no Prometheus', (_, response) => response.end('<html>'), 'invalid_response'],
    [
      'an unknown form',
      (_, response) => response.end('{"status":"success","data":{"resultType":"matrix","result":1}}'),
      'invalid_response',
    ],
    [
      'a query that took too long',
      (_, response) =>
        response.writeHead(503).end('{"status":"error","errorType":"timeout","error":"query timed out"}'),
      'timeout',
    ],
    ['silence', () => {}, 'timeout'],
    [
      'an endless answer',
      (_, response) => {
        const more = (): void => {
          if (!response.destroyed) response.write('x'.repeat(1_000_000), () => setImmediate(more));
        };
        more();
      },
      'overloaded',
    ],
  ])('gives a reason for %s', async (_, listener, reason) => {
    const client = await clientFor(listener);
    await expect(client.query('up', 0, signal())).rejects.toMatchObject({ reason });
  });
});
