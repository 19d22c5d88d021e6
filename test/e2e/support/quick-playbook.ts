import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PLAYBOOK = `# When a test sends many alerts: a look of about a second, with a chart.
title: Quick look
description: for tests
triggers: { fallback: true }
deadline: 60s
steps:
  - title: Look at the machine
    probes:
      - { probe: host.load, on: host }
      - { probe: process.self, on: all, with: { window: 300ms } }
checks:
  - title: CPU of the machine
    metric: host.load/cpu_busy_ratio
    warning: { above: 99% }
`;

/** A folder with one playbook that fits every alert. */
export function quickPlaybooks(): string {
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-e2e-playbooks-'));
  writeFileSync(join(directory, 'quick-look.yml'), PLAYBOOK);
  return directory;
}
