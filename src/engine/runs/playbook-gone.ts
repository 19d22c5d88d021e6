import type { Run } from '../../core/run.ts';

/** Why a run fails whose playbook was taken away while it waited. */
export function playbookGone({ playbook }: Pick<Run, 'playbook'>): string {
  return `The playbook ${playbook} is not there any more.`;
}
