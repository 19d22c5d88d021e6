import type { Playbook } from '../../core/playbook/playbook.ts';

/** The playbooks that are valid right now; a broken file keeps its last good version. */
export interface Playbooks {
  all(): readonly Playbook[];
  /** The name of a probe is a playbook of that probe alone. Several names with a plus between them are one run: `high-cpu+memory`. */
  get(name: string): Playbook | undefined;
}
