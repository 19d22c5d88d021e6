import { describe, expect, it } from 'vitest';
import type { UpstreamService } from '../../../src/core/inventory/target.ts';
import { ContainerSummary } from '../../../src/probes/docker/schemas.ts';
import type { AccessEntry } from '../../../src/probes/nginx/access-entry.ts';
import { createAddressOwners } from '../../../src/probes/nginx/address-owners.ts';
import { narrowLog } from '../../../src/probes/nginx/narrow-log.ts';

function container(
  name: string,
  address: string,
  port: number,
  { published, joined = 'shop' }: { readonly published?: number; readonly joined?: string } = {},
): ContainerSummary {
  const network = { IPAddress: address, IPPrefixLen: 16, Gateway: '172.18.0.1' };
  return ContainerSummary.parse({
    Id: name,
    Names: [`/${name}`],
    Image: 'node',
    State: 'running',
    Labels: { app: name },
    Ports: [{ PrivatePort: port, Type: 'tcp', ...(published && { PublicPort: published }) }],
    NetworkSettings: { Networks: { [joined]: network } },
  });
}
const API = container('api-1', '172.18.0.5', 3000, { published: 13_000 });
const MAIL = container('mail-1', '172.18.0.6', 8025);
const WEB = container('web-1', '172.18.0.7', 3000);
const ELSEWHERE = container('blog-1', '172.19.0.2', 3000, { joined: 'blog' });

function entry(address: string | undefined, status = 200, route = 'GET /items'): AccessEntry {
  return { at: 0, path: '/', route, status, upstreams: address ? [{ address }] : [], format: 'json' };
}
const upstream = (over: Partial<UpstreamService> = {}): UpstreamService => ({
  service: 'api',
  declared: true,
  alone: false,
  containers: [{ name: 'api-1' }],
  addresses: ['127.0.0.1:13000', 'api:3000'],
  ...over,
});
const UNDECLARED = upstream({ declared: false });

function narrowed(entries: readonly AccessEntry[], about = upstream(), containers = [API, MAIL]) {
  const held = [{ kind: 'delayed', route: 'GET /items' } as const, { kind: 'refused', route: '' } as const];
  const ownerOf = createAddressOwners(containers);
  return narrowLog({ entries, errors: [], held }, about, { ownerOf, containers });
}

describe('narrowLog', () => {
  it.each<[string, string, UpstreamService, number]>([
    ['its container', '172.18.0.5:3000', UNDECLARED, 1],
    [
      'its container, by a label',
      '172.18.0.5:3000',
      upstream({ containers: [{ label: 'app', value: 'api-1' }] }),
      1,
    ],
    ['its published port, on the host network', '127.0.0.1:13000', UNDECLARED, 1],
    ['its published port, at the gateway', '172.18.0.1:13000', UNDECLARED, 1],
    ['another port at the gateway', '172.18.0.1:9000', upstream(), 0],
    ['another container', '172.18.0.6:8025', upstream(), 0],
    ['an address that nobody has, on its port', '172.18.0.9:3000', upstream(), 1],
    ['such an address, and nobody said that it is behind', '172.18.0.9:3000', UNDECLARED, 1],
    ['an address that nobody has, on another port', '172.18.0.9:8025', upstream(), 0],
    ['an address elsewhere on its port, and nobody said so', '10.0.0.9:3000', UNDECLARED, 0],
    ['any address, where there is nothing else behind', '10.0.0.9:80', upstream({ alone: true }), 1],
  ])('%s', (_what, address, about, kept) => {
    const seen = narrowed([entry(address)], about);
    expect(seen.entries).toHaveLength(kept);
    expect(seen.isInFront).toBe(about.declared || kept > 0);
  });

  it('takes an address that nobody has for no one’s where another container listens on that port', () => {
    expect(narrowed([entry('172.18.0.9:3000')], UNDECLARED, [API, WEB]).isInFront).toBe(false);
    expect(narrowed([entry('172.18.0.9:3000')], UNDECLARED, [API, ELSEWHERE]).isInFront).toBe(true);
    const both = [entry('172.18.0.9:3000'), entry('172.18.0.7:3000')];
    expect(narrowed(both, upstream(), [API, WEB]).entries).toEqual([]);
  });

  it('keeps errors without a server by their route, and what limits held back', () => {
    const log = [
      entry('172.18.0.5:3000'),
      entry(undefined, 503),
      entry(undefined, 503, 'GET /mail'),
      entry(undefined, 200),
      entry('backend', 502),
      entry('172.18.0.6:8025'),
    ];
    const seen = narrowed(log);
    expect(seen.entries).toEqual([log[0], log[1], log[4]]);
    expect(seen.held).toEqual([{ kind: 'delayed', route: 'GET /items' }]);
    expect(narrowed(log, upstream({ alone: true })).held).toHaveLength(2);
  });

  it('knows when the log does not say who got a request', () => {
    const log = [entry(undefined), entry(undefined, 502)];
    expect(narrowed(log)).toMatchObject({ entries: [], isInFront: true, isTold: false });
    expect(narrowed(log, UNDECLARED)).toMatchObject({ entries: [], isInFront: false });
    expect(narrowed(log, upstream({ alone: true }))).toMatchObject({ entries: log, isTold: true });
  });
});
