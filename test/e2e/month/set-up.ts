import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LISTS, WEEKLY } from './calendar.ts';

const PLAYBOOK = `# When a test asks: is the shop there?
title: Quick look
description: for tests
triggers: { fallback: true }
deadline: 60s
steps:
  - title: Look at the shop
    probes:
      - { probe: http.timing, on: all, with: { requests: 3, requests_per_second: 20 } }
checks:
  - title: Availability
    metric: http.timing/availability
    warning: { below: 99% }
`;
const LIST = `title: The list
description: for tests
items:
  - { id: write, title: Write it down }
`;
const FILLED = `  - id: look
    title: The shop is there
    fill: { playbooks: [quick-look], metrics: [http.timing/availability] }
`;

/** Writes the files that a perfbot of the month reads. */
export function writeSetUp(directory: string, shopUrl: string): void {
  mkdirSync(join(directory, 'playbooks/checklists'), { recursive: true });
  writeFileSync(join(directory, 'playbooks/quick-look.yml'), PLAYBOOK);
  for (const { name } of LISTS) writeFileSync(join(directory, `playbooks/checklists/${name}.yml`), LIST);
  writeFileSync(join(directory, 'playbooks/checklists/weekly.yml'), `report: week\n${LIST}${FILLED}`);
  const schedules = [
    ...LISTS.map(({ name, timezone, at }) => ({ checklist: name, timezone, on: 'every_day', at })),
    { checklist: 'weekly', timezone: WEEKLY.timezone, on: ['mon'], at: WEEKLY.at },
  ];
  writeFileSync(join(directory, 'checklists.yaml'), JSON.stringify({ schedules }));
  writeFileSync(join(directory, 'services.yaml'), JSON.stringify({ services: { shop: { url: shopUrl } } }));
}
