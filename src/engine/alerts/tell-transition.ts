import type { EpisodeChange } from '../../core/alert/episode.ts';
import { MONITOR_SENDER } from '../../core/monitor/to-alert.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import { type PutNoteOptions, putNote } from '../runs/put-note.ts';
import type { IncomingGroup } from './group-alerts.ts';

type Transition = Extract<EpisodeChange, { kind: 'update' }>['transition'];

/** Says in the thread of a group that it is over, or that it fires again; of anything else nothing. */
export async function tellTransition(
  options: PutNoteOptions,
  {
    group,
    transition,
    incoming,
  }: { readonly group: AlertGroup; readonly transition: Transition; readonly incoming: IncomingGroup },
): Promise<void> {
  if (transition === 'changed') return;
  const text = transition === 'resolved' ? resolution(group, incoming) : reopening(group);
  await putNote(options, { group, name: `${transition}-${group.version}`, text });
}

/** The monitor says how it ended; what others send with the end still speaks of the beginning. */
function resolution({ sender }: AlertGroup, { alerts }: IncomingGroup): string {
  const why = alerts.findLast(({ status }) => status === 'resolved')?.annotations.summary;
  return sender === MONITOR_SENDER && why ? `Resolved: ${why.replace(/\.$/, '')}.` : 'Resolved.';
}

function reopening({ reopened }: AlertGroup): string {
  return `Firing again, ${reopened === 1 ? 'once' : `${reopened} times`} in this thread.`;
}
