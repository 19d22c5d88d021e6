import { formatValue } from '../unit.ts';
import type { EvidenceLine } from './cause.ts';
import type { ContainerView } from './container-view.ts';

/** A sound network loses next to nothing; from 1 % on the throughput of TCP suffers. */
const LOSSY = 0.01;

/** A line of evidence when segments of a container had to be sent again; undefined when they arrive. */
export function retransmitLine(view: ContainerView | undefined): EvidenceLine | undefined {
  const ratio = view?.value('sockets', 'retransmit_ratio') ?? 0;
  if (ratio < LOSSY) return undefined;
  return view?.line(
    'sockets',
    'retransmit_ratio',
    `${formatValue(ratio, 'ratio')} of the segments of ${view.service} had to be sent again`,
    LOSSY,
  );
}
