import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that drive the whole program through many kills and wait more than they work: two at once, when all else is done. */
const SIDE_BY_SIDE = ['test/e2e/month/*.test.ts', 'test/e2e/crash.test.ts', 'test/e2e/roles.test.ts'];

/** Tests that measure a real machine or drive the whole program in real time: one after the other, at the end. */
const ALONE = [
  'test/e2e/**/*.test.ts',
  'test/app/monitor-alone.test.ts',
  'test/probes/docker/faults.test.ts',
  'test/probes/host/**/*.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Long, for busy machines: a test that hangs is found all the same.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SIDE_BY_SIDE, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'side by side', include: SIDE_BY_SIDE, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          exclude: [...configDefaults.exclude, ...SIDE_BY_SIDE],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
