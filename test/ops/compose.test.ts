import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { VARIABLE_NAMES } from '../../src/config-variables.ts';
import { parseServices } from '../../src/probes/inventory/parse-services.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const ComposeService = z.looseObject({
  image: z.string(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
});
const Compose = z.looseObject({ services: z.record(z.string(), ComposeService) });
const compose = Compose.parse(parse(read('compose.yaml'), { merge: true }));

describe('compose.yaml', () => {
  const { web, worker, 'docker-socket': proxy } = compose.services;

  it('publishes the web process on this machine only, and nothing else', () => {
    const published = Object.entries(compose.services).filter(([, { ports }]) => ports.length > 0);
    expect(published.map(([name]) => name)).toEqual(['web']);
    expect(web?.ports).toEqual(['127.0.0.1:3000:3000']);
  });

  it('runs perfbot and the socket proxy read-only and without capabilities', () => {
    for (const service of [web, worker, proxy])
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('gives the Docker socket to the proxy alone', () => {
    const holders = Object.entries(compose.services).filter(([, { volumes }]) =>
      volumes.some((volume) => volume.includes('docker.sock')),
    );
    expect(holders.map(([name]) => name)).toEqual(['docker-socket']);
  });

  it('sets variables that perfbot has', () => {
    for (const service of [web, worker]) {
      const names = Object.keys(service?.environment ?? {});
      expect(names.length).toBeGreaterThan(5);
      expect(names.filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
    }
  });

  it('mounts files that a clone has', () => {
    const mounted = Object.values(compose.services)
      .flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((path) => path.startsWith('./'));
    expect(mounted.length).toBeGreaterThan(2);
    // A fresh clone shows whether they are in the repository.
    expect(mounted.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const text = read('deploy/config/services.yaml');
    expect(parseServices({ text, file: 'services.yaml', environment: {} })).toEqual({});
  });
});

describe('deploy/docker-socket.cfg', () => {
  const config = read('deploy/docker-socket.cfg');
  const allowed = new RegExp(/acl allowed path_reg (\S+)/.exec(config)?.[1] ?? '(?!)');

  it('denies what is not both a read and on the list', () => {
    expect(config).toContain('acl reads method GET HEAD\n');
    expect(config).toContain('http-request deny deny_status 403 unless reads allowed\n');
  });

  it.each([
    '/_ping',
    '/v1.41/version',
    '/info',
    '/events',
    '/system/df',
    '/v1.52/system/df',
    '/containers/json',
    '/v1.41/containers/shop-api-1/json',
    '/containers/3f2a/stats',
    '/containers/3f2a/logs',
    '/containers/3f2a/top',
  ])('lets %s through', (path) => {
    expect(path).toMatch(allowed);
  });

  it.each([
    '/containers/3f2a/archive',
    '/containers/3f2a/export',
    '/containers/3f2a/attach/ws',
    '/containers/json/../../images/json',
    '/containers/%2e%2e/images/json',
    '/images/json',
    '/system/prune',
    '/secrets',
    '/containers/3f2a/json/extra',
    '/v1.41/../images/json',
  ])('stops %s', (path) => {
    expect(path).not.toMatch(allowed);
  });
});
