import { describe, expect, it } from 'vitest';
import { unkeptDirectory } from '../../../../src/core/diagnosis/hashed-files.ts';
import type { DiagnosisRule } from '../../../../src/core/diagnosis/rule.ts';
import { frontendBundleRule } from '../../../../src/core/diagnosis/rules/frontend-bundle.ts';
import {
  frontendHttp1Rule,
  frontendNotCachedRule,
  frontendUncompressedRule,
} from '../../../../src/core/diagnosis/rules/frontend-delivery.ts';
import { factsOf, outcome, seen } from './evidence-of.ts';

const page = (metrics: Readonly<Record<string, number>>, facts: Record<string, string> = {}) =>
  seen(
    'frontend.page',
    'shop',
    {
      script_gzip_bytes: 90_000,
      transfer_bytes: 120_000,
      compressible_bytes: 0,
      unkept_resources: 0,
      unkept_bytes: 0,
      own_resources: 4,
      ...metrics,
    },
    {
      facts: { page: '/shop', ...facts },
      tables: { resources: [{ path: '/app.js', transfer_bytes: metrics.script_gzip_bytes ?? 90_000 }] },
    },
  );

type Numbers = Readonly<Record<string, number>>;
type Row = readonly [what: string, metrics: Numbers, expected: string, facts?: Record<string, string>];

function table(rule: DiagnosisRule, rows: readonly Row[]): void {
  for (const [what, metrics, expected, facts] of rows) {
    it(what, () => {
      expect(outcome(rule, factsOf([page(metrics, facts)]))).toBe(expected);
    });
  }
  it('says nothing of a service whose page was not loaded', () => {
    expect(outcome(rule, factsOf([]))).toBe('nothing');
  });
}

describe('frontend.bundle', () => {
  table(frontendBundleRule, [
    ['a small bundle', {}, 'ruled out'],
    ['a large one', { script_gzip_bytes: 300_000 }, 'found 0.5'],
    ['a huge one', { script_gzip_bytes: 800_000 }, 'found 0.8'],
  ]);
});

describe('frontend.uncompressed', () => {
  table(frontendUncompressedRule, [
    ['compressed', {}, 'ruled out'],
    ['a little to spare', { compressible_bytes: 20_000 }, 'ruled out'],
    ['something to spare', { compressible_bytes: 90_000 }, 'found 0.6'],
    ['most of a large page', { compressible_bytes: 1_400_000, transfer_bytes: 1_500_000 }, 'found 0.85'],
  ]);
});

describe('frontend.not_cached', () => {
  table(frontendNotCachedRule, [
    ['kept by browsers', {}, 'ruled out'],
    ['loaded again', { unkept_resources: 3, unkept_bytes: 200_000 }, 'found 0.45'],
  ]);
});

describe('the directory of files that browsers should keep', () => {
  it.each([
    [
      'that of Next.js',
      ['/_next/static/chunks/main-4bd1b696.js', '/_next/static/css/9a.0f3c77ab.css'],
      '/_next/static/',
    ],
    ['that of Vite', ['/assets/index-DiwrgTda.js'], '/assets/'],
    ['none for names without a hash', ['/js/app.js', '/js/main.production.js'], undefined],
    ['none where others are there too', ['/js/app-4bd1b696.js', '/js/vendor.js'], undefined],
    ['none for the root', ['/app-4bd1b696.js'], undefined],
    ['none for a name that would end the block', ['/a;}/app-4bd1b696.js'], undefined],
  ])('is %s', (_, paths, directory) => {
    expect(unkeptDirectory(paths.map((path) => ({ path, kept: 'no' })))).toBe(directory);
    expect(unkeptDirectory(paths.map((path) => ({ path, kept: 'yes' })))).toBeUndefined();
  });
});

describe('frontend.http1', () => {
  table(frontendHttp1Rule, [
    ['plain HTTP says nothing of it', { own_resources: 30 }, 'nothing'],
    ['HTTP/2', { own_resources: 30 }, 'ruled out', { protocol: 'h2' }],
    ['few files', {}, 'ruled out', { protocol: 'http/1.1' }],
    ['many files', { own_resources: 30 }, 'found 0.35', { protocol: 'http/1.1' }],
  ]);
});
