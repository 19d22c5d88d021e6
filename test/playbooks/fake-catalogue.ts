import { z } from 'zod';
import type { ProbeCatalogue } from '../../src/playbooks/catalogue.ts';

/** Two probes that a playbook may use: one with parameters, one without. */
export const FAKE_CATALOGUE: ProbeCatalogue = [
  {
    name: 'docker.stats',
    title: 'Use of containers',
    cost: 'light',
    targetKind: 'container',
    params: z.strictObject({ window: z.number().positive().default(2) }),
  },
  { name: 'redis.info', title: 'Redis', targetKind: 'redis', cost: 'light', params: z.strictObject({}) },
];

/** A small valid playbook; the lines after `steps` can be replaced. */
export const VALID = `# When something is slow.
title: Example
description: An example.
steps:
  - title: Look
    probes:
      - probe: docker.stats
        with: { window: 5 }
checks:
  - title: CPU
    metric: docker.stats/cpu_ratio
    warning: { kpi: cpu }
    critical: { above: 95% }
`;
