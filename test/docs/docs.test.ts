import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { writtenPages } from '../../scripts/docs.ts';
import { VARIABLE_NAMES } from '../../src/config-variables.ts';
import { RULES } from '../../src/core/diagnosis/rules.ts';
import { SENDERS } from '../../src/ingress/senders.ts';
import { parsePlaybook } from '../../src/playbooks/parse-playbook.ts';
import { parseServices } from '../../src/probes/inventory/parse-services.ts';
import { probeCatalogue } from '../support/probe-catalogue.ts';
import { anchors, examples, links, mentions, pages, ROOT } from './pages.ts';

/** The picture of a real thread is taken from a running perfbot. */
const PICTURE = 'docs/images/thread.png';
const ROUTES = ['/', '/healthz', '/readyz', '/metrics', '/slack/events', '/alerts/...'];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the documentation', () => {
  let written: Readonly<Record<string, string>>;
  beforeAll(async () => {
    written = await writtenPages();
  });

  it('is what the program says; otherwise run: npm run docs', () => {
    for (const [path, text] of Object.entries(written)) expect(read(path), path).toBe(text);
    expect(Object.keys(written)).toContain('docs/bad-input.md');
  });

  it('shows services.yaml files that perfbot takes', () => {
    const found = examples().filter(({ kind }) => kind === 'yaml services');
    expect(found.length).toBeGreaterThan(1);
    const environment = {
      SHOP_DATABASE_URL: 'postgres://reader:secret@db:5432/shop',
      SHOP_REDIS_URL: 'redis://cache:6379',
    };
    for (const { path, text } of found)
      expect(Object.keys(parseServices({ text, file: path, environment }))).toContain('shop-api');
  });

  it('shows playbooks that perfbot takes', async () => {
    const catalogue = await probeCatalogue();
    const found = examples().filter(({ kind }) => kind === 'yaml playbook');
    expect(found.length).toBeGreaterThan(0);
    for (const { path, text } of found)
      expect(parsePlaybook({ file: path, name: 'example', text }, catalogue).problems).toEqual([]);
  });

  it('shows YAML and JSON that can be read', () => {
    for (const { path, kind, text } of examples()) {
      if (kind.startsWith('yaml'))
        for (const document of parseAllDocuments(text)) expect(document.errors.map(String), path).toEqual([]);
      if (kind.startsWith('json')) expect(() => JSON.parse(text), `${path}: ${text}`).not.toThrow();
    }
  });

  it('links to files and headings that are there', () => {
    const broken = links().filter(([page, target]) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page : join(dirname(page), decodeURIComponent(file));
      if (path === PICTURE) return false;
      if (!existsSync(join(ROOT, path))) return true;
      return anchor !== undefined && !anchors(read(path)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names files of the source that are there', () => {
    const paths = mentions(/`((?:src|test|scripts|deploy|docs|slack-app)\/[\w./-]+)`/g);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter(([, path]) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
    expect(
      mentions(/npm run (?:--silent |-s )?([\w:]+)/g).filter(([, name]) => !scripts.includes(name)),
    ).toEqual([]);
  });

  it('names words of the terminal program that are there', () => {
    const words = [...read('src/cli.ts').matchAll(/\.command\('([a-z]+)/g)].map(([, word]) => word);
    const named = mentions(/(?:npx |worker |`)perfbot ((?!is\b)[a-z]+)/g);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(([, word]) => !words.includes(word))).toEqual([]);
  });

  it('names variables that are there, all of them in docs/configuration.md', () => {
    const known = [
      ...VARIABLE_NAMES,
      'PERFBOT_REQUIRE_SERVICES',
      'PERFBOT_TEST_NODE',
      'PERFBOT_TEST_POSTGRES',
    ];
    const named = mentions(
      /\b((?:PERFBOT|SLACK|ALERT_WEBHOOK|LOG|PROMETHEUS|GRAFANA|JAEGER)_[A-Z_]*[A-Z])\b/g,
    );
    expect(named.filter(([, name]) => !known.includes(name))).toEqual([]);
    const listed = written['docs/configuration.md'] ?? '';
    expect(VARIABLE_NAMES.filter((name) => !listed.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('names routes that are there', () => {
    const known = [...ROUTES, ...Object.keys(SENDERS).map((sender) => `/alerts/${sender}`)];
    const named = mentions(/`?(?:GET|POST) (\/[a-z/.]*)/g).filter(([page]) => page !== 'docs/bad-input.md');
    expect(named.filter(([, route]) => !known.includes(route))).toEqual([]);
  });

  it('describes every cause that a rule can name, and no other', () => {
    const described = [...read('docs/diagnosis.md').matchAll(/^\| `([a-z]+\.[a-z0-9_]+)` \|/gm)].map(
      ([, id]) => id,
    );
    expect(described.toSorted()).toEqual(RULES.flatMap(({ ids }) => ids).toSorted());
  });

  it('names every cause that no test produces for real, and no other', () => {
    const tests = ['test/probes', 'test/e2e'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => read(join(folder, name))),
    );
    const [, list = ''] =
      /By tables of numbers alone\nare shown: ([^:]*):/.exec(read('docs/diagnosis.md')) ?? [];
    const named = [...list.matchAll(/`([a-z.0-9_]+)`/g)].map(([, id]) => id);
    const real = RULES.flatMap(({ ids }) => ids).filter((id) => tests.some((text) => text.includes(id)));
    const ids = RULES.flatMap((rule) => rule.ids);
    expect(named.toSorted()).toEqual(ids.filter((id) => !real.includes(id)).toSorted());
  });

  it('tells nothing of a machine that it was written on', () => {
    for (const { path, text } of pages()) expect(text, path).not.toMatch(/\/work\/|\/tmp\/|\/root\//);
  });
});
