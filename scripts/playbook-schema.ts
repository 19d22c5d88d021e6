import { writeFileSync } from 'node:fs';
import { checklistJsonSchema, schedulesJsonSchema } from '../src/playbooks/checklist-schema.ts';
import { playbookJsonSchema } from '../src/playbooks/json-schema.ts';
import { loadProfileJsonSchema } from '../src/playbooks/load-profile-schema.ts';

const SCHEMAS = {
  'playbook.schema.json': playbookJsonSchema(),
  'checklists/checklist.schema.json': checklistJsonSchema(),
  'checklists/schedules.schema.json': schedulesJsonSchema(),
  'loadtests/loadtest.schema.json': loadProfileJsonSchema(),
};

for (const [name, schema] of Object.entries(SCHEMAS)) {
  writeFileSync(
    new URL(`../playbooks/${name}`, import.meta.url),
    `${JSON.stringify(schema, undefined, 2)}\n`,
  );
}
