import type { Playbook } from '../../core/playbook/playbook.ts';

/** The playbooks that are valid right now; a broken file keeps its last good version. */
export interface Playbooks {
  all(): readonly Playbook[];
  get(name: string): Playbook | undefined;
}
