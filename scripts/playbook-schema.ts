import { writeFileSync } from 'node:fs';
import { playbookJsonSchema } from '../src/playbooks/json-schema.ts';

writeFileSync(
  new URL('../playbooks/playbook.schema.json', import.meta.url),
  `${JSON.stringify(playbookJsonSchema(), undefined, 2)}\n`,
);
