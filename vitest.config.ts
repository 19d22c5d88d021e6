import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that measure a real machine or drive the whole program: they run one after the other, when all else is done. */
const ALONE = [
  'test/e2e/**/*.test.ts',
  'test/app/monitor-alone.test.ts',
  'test/probes/docker/faults.test.ts',
  'test/probes/host/**/*.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
