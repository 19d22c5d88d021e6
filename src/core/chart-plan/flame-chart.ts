import type { FlameChart, FlameFrame } from '../chart.ts';
import type { CollectedEvidence, Evidence, Table } from '../evidence.ts';
import { formatValue } from '../unit.ts';
import { collected } from './chart-points.ts';
import { altText, chartId, plainText } from './chart-words.ts';
import { type FlameFinding, flameFindings, isSameFunction } from './flame-finding.ts';
import { type FlameNode, folded, readFlame } from './flame-tree.ts';

interface Measure {
  readonly measure: string;
  readonly word: 'in' | 'from';
}

/** Table of a probe that holds a call tree; it is drawn and not listed. */
export const FLAME_TABLE = 'flame';

/** What the shares of a profile are shares of: CPU time in a function, memory from it. */
const MEASURES: Readonly<Record<string, Measure>> = {
  'node.cpu_profile': { measure: 'CPU time', word: 'in' },
  'node.heap_profile': { measure: 'newly kept memory', word: 'from' },
};
/** Other functions that the alternative text names. */
const MOST_OTHERS = 4;

/** True when all that was seen are profiles: somebody wants to know where the time goes, whether or not it is too much. */
export function isProfile(evidence: readonly Evidence[]): boolean {
  const seen = collected(evidence);
  return seen.length > 0 && seen.every(({ tables }) => tables?.some(({ name }) => name === FLAME_TABLE));
}

/** The call tree that a probe has seen as a picture; undefined when it has seen none. */
export function flameChart(evidence: CollectedEvidence): FlameChart | undefined {
  const table = evidence.tables?.find(({ name }) => name === FLAME_TABLE);
  if (table === undefined) return undefined;
  const roots = readFlame(table).map(folded);
  const [finding, ...others] = flameFindings(roots);
  if (finding === undefined) return undefined;
  const service = plainText(evidence.service, 60);
  const unknown: Measure = { measure: plainText(table.title, 60), word: 'in' };
  const { measure, word } = MEASURES[evidence.probe] ?? unknown;
  const share = `${formatValue(finding.share, 'ratio')} of the ${measure}`;
  return {
    kind: 'flame',
    id: chartId('flame', evidence.probe, evidence.service),
    title: `${service}: ${share} ${word} ${nameOf(finding.node)}`,
    alt: altText([
      `${service}: ${share} ${word} ${nameOf(finding.node)}${callerOf(finding)}${mostlyOf(finding)}.`,
      others.length === 0
        ? undefined
        : `Then ${others
            .slice(0, MOST_OTHERS)
            .map((other) => `${formatValue(other.share, 'ratio')} ${word} ${nameOf(other.node)}`)
            .join(', ')}.`,
    ]),
    measure,
    frames: roots.flatMap((root) => framesOf(root, 0, finding)),
    ...noteOf(roots, table),
  };
}

function nameOf({ label, place }: FlameNode): string {
  return place === '' ? label : `${label} ${place}`;
}

/** The nearest caller that somebody wrote; without one, whoever calls. */
function callerOf({ path }: FlameFinding): string {
  const callers = path.slice(0, -1);
  const caller = callers.findLast(({ origin }) => origin === 'own') ?? callers.at(-1);
  return caller === undefined ? '' : `, called by ${nameOf(caller)}`;
}

function mostlyOf({ below }: FlameFinding): string {
  const [first] = below;
  return first === undefined ? '' : `, most of it in ${nameOf(first)}`;
}

function framesOf(node: FlameNode, depth: number, finding: FlameFinding): readonly FlameFrame[] {
  const { start, width, label, place, origin, children, folded: inside } = node;
  const onPath = finding.path.includes(node) || finding.below.includes(node);
  const emphasis = isSameFunction(node, finding.node) ? 'finding' : onPath ? 'path' : undefined;
  return [
    {
      depth,
      start,
      width,
      label: inside === 0 ? label : `${label} +${inside}`,
      place,
      origin,
      ...(emphasis && { emphasis }),
    },
    ...children.flatMap((child) => framesOf(child, depth + 1, finding)),
  ];
}

function noteOf(roots: readonly FlameNode[], { omittedRows = 0 }: Table): Pick<FlameChart, 'note'> {
  const notes = [
    ...(roots.some(hasFolded) ? ['+n: calls inside of a package or of Node told as one'] : []),
    ...(omittedRows > 0 ? [`${omittedRows} of the narrowest frames not drawn`] : []),
  ];
  return notes.length === 0 ? {} : { note: notes.join(' · ') };
}

function hasFolded({ folded: inside, children }: FlameNode): boolean {
  return inside > 0 || children.some(hasFolded);
}
