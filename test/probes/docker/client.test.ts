import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import util from 'node:util';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { parseDockerHost } from '../../../src/probes/docker/engine-address.ts';

const open: { server?: Server; client?: DockerClient } = {};

/** A stand-in for a socket proxy: it answers what a real one is told to. */
async function clientOf(listener: RequestListener): Promise<DockerClient> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.server = server;
  open.client = createDockerClient({
    host: `tcp://user:hunter22@127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  return open.client;
}

afterEach(async () => {
  await open.client?.close();
  open.server?.closeAllConnections();
  await new Promise((resolve) => open.server?.close(resolve) ?? resolve(undefined));
});

const never = new AbortController().signal;

describe('createDockerClient', () => {
  it('does not let docker-modem describe all connections for a debug log that nobody reads', async () => {
    const described = vi.spyOn(util, 'inspect');
    onTestFinished(() => described.mockRestore());
    const client = await clientOf((_, response) => setTimeout(() => response.end('[]'), 50));
    await Promise.all(Array.from({ length: 10 }, () => client.containers(new AbortController().signal)));
    const lengths = described.mock.results.map(({ value }) => String(value).length);
    // Once it describes nothing any more, the agent need not hide itself.
    expect(lengths.length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...lengths)).toBeLessThan(2000);
  });

  it('asks only by GET and tells which permission a socket proxy lacks', async () => {
    const seen: string[] = [];
    const client = await clientOf((request, response) => {
      seen.push(`${request.method} ${request.url?.split('?')[0]}`);
      response.writeHead(403).end('<html>Request forbidden by administrative rules.</html>');
    });
    const query = { since: 0, until: 1000, container: 'x', actions: ['die'] };
    await expect(client.events(query, never)).rejects.toMatchObject({
      reason: 'permission',
      mend: 'allow GET events in the socket proxy (docker-socket-proxy: EVENTS=1)',
    });
    await expect(client.top('x', '-e', never)).rejects.toMatchObject({
      mend: 'allow GET containers/{id}/top in the socket proxy (docker-socket-proxy: CONTAINERS=1)',
    });
    expect(seen).toEqual(['GET /events', 'GET /containers/x/top']);
  });

  it('refuses an answer that is not from Docker', async () => {
    const client = await clientOf((_, response) => response.end('<html>hello</html>'));
    await expect(client.info(never)).rejects.toMatchObject({ reason: 'invalid_response' });
    const other = await clientOf((_, response) => response.end('{"hello":1}'));
    await expect(other.info(never)).rejects.toMatchObject({ reason: 'invalid_response' });
    await other.close();
  });

  it('cuts an endless log off at its cap', async () => {
    const client = await clientOf((_, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(64 * 1024)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const { body, truncated } = await client.logs('x', { since: 0, tail: 10, maxBytes: 100_000 }, never);
    expect(body.length).toBe(100_000);
    expect(truncated).toBe(true);
  });

  it('stops at once when it is aborted while an answer is under way', async () => {
    const client = await clientOf((_, response) => void response.write('{'));
    const startedAt = Date.now();
    await expect(client.info(AbortSignal.timeout(100))).rejects.toMatchObject({ reason: 'timeout' });
    // Its own limit for an answer is longer.
    expect(Date.now() - startedAt).toBeLessThan(3000);
  });

  it('says that nobody answers, without the password of its address', async () => {
    const client = createDockerClient({ host: 'tcp://user:hunter22@127.0.0.1:1' });
    const error = await client.info(never).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      reason: 'unreachable',
      userMessage: 'Docker does not answer at 127.0.0.1:1.',
    });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter22');
  });
});

describe('parseDockerHost', () => {
  it.each([
    [undefined, '/var/run/docker.sock'],
    ['', '/var/run/docker.sock'],
    ['unix:///run/user/1000/docker.sock', '/run/user/1000/docker.sock'],
    ['/run/podman/podman.sock', '/run/podman/podman.sock'],
    ['tcp://10.0.0.1', '10.0.0.1:2375'],
    ['tcp://proxy:2375', 'proxy:2375'],
    ['proxy:2375', 'proxy:2375'],
    ['http://proxy:8080', 'proxy:8080'],
    ['tcp://u:secret@proxy:2376', 'proxy:2376'],
  ])('%s is %s', (host, label) => {
    expect(parseDockerHost(host).label).toBe(label);
  });

  it.each(['ssh://host', 'tcp://', 'npipe:////./pipe/x'])('refuses %s', (host) => {
    expect(() => parseDockerHost(host)).toThrowError(/DOCKER_HOST/);
  });
});
