import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../src/probes/http-client.ts';
import type { HttpServer } from '../../src/probes/http-errors.ts';
import { freePort } from '../support/free-port.ts';

const server: HttpServer = { name: 'Loki', setting: 'LOKI_URL', mend: 'check LOKI_URL' };

/** More time than a busy machine needs for an answer. */
function clientOf(url: string, timeoutMs = 10_000) {
  const client = createHttpClient({ server, url, timeoutMs, mostBytes: 1000 });
  onTestFinished(() => client.close());
  return client;
}

async function portOf(listener: RequestListener): Promise<number> {
  const http = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return (http.address() as AddressInfo).port;
}

const signal = () => new AbortController().signal;

describe('createHttpClient', () => {
  it('sends a form to a path below the base URL, with its user and password', async () => {
    const port = await portOf(async (request, response) => {
      const parts: unknown[] = [request.method, request.url, request.headers.authorization];
      for await (const chunk of request) parts.push(String(chunk));
      response.writeHead(418).end(JSON.stringify(parts));
    });
    const client = clientOf(`http://me:p%40ss@127.0.0.1:${port}/base/`);
    const answer = await client.send({ path: '/push', form: { query: 'a=b' } }, signal());
    expect({ ...answer, text: JSON.parse(answer.text) as unknown }).toEqual({
      status: 418,
      cut: false,
      text: ['POST', '/base/push', `Basic ${Buffer.from('me:p@ss').toString('base64')}`, 'query=a%3Db'],
    });
  });

  it('reads no more than it may', async () => {
    const port = await portOf((_, response) => response.end('x'.repeat(100_000)));
    const answer = await clientOf(`http://127.0.0.1:${port}`).send({ path: '/' }, signal());
    expect(answer).toEqual({ status: 200, text: 'x'.repeat(1000), cut: true });
  });

  it('gives up a server that keeps silent', async () => {
    const client = clientOf(`http://127.0.0.1:${await portOf(() => {})}`, 200);
    await expect(client.send({ path: '/' }, signal())).rejects.toMatchObject({
      reason: 'timeout',
      userMessage: 'Loki did not answer in time.',
    });
  });

  it.each<[string, string, () => Promise<string>, object]>([
    [
      'a port at which nothing listens',
      'unreachable',
      async () => `http://127.0.0.1:${await freePort()}`,
      { userMessage: 'Loki cannot be reached (ECONNREFUSED).', mend: 'start Loki, or correct LOKI_URL' },
    ],
    [
      'a server that hangs up',
      'unreachable',
      async () => `http://127.0.0.1:${await portOf((request) => request.socket.destroy())}`,
      { userMessage: 'Loki cannot be reached (UND_ERR_SOCKET).' },
    ],
    [
      'a server without TLS',
      'not_configured',
      async () => `https://me:hunter22@127.0.0.1:${await portOf(() => {})}`,
      {
        userMessage: expect.stringMatching(/^No encrypted connection to Loki could be agreed on \(\w+\)\.$/),
      },
    ],
  ])('says what is wrong with %s: %s', async (_, reason, url, words) => {
    const failure = await clientOf(await url())
      .send({ path: '/' }, signal())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason, ...words });
    expect(JSON.stringify(failure)).not.toContain('hunter22');
  });

  it('rejects with the reason of the signal', async () => {
    const client = clientOf(`http://127.0.0.1:${await portOf(() => {})}`);
    await expect(client.send({ path: '/' }, AbortSignal.abort('gone'))).rejects.toBe('gone');
    const controller = new AbortController();
    const asked = client.send({ path: '/' }, controller.signal);
    controller.abort('no longer wanted');
    await expect(asked).rejects.toBe('no longer wanted');
  });
});
