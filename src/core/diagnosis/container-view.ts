import type { CollectedEvidence } from '../evidence.ts';
import { metricValue } from '../evidence.ts';
import type { Role } from '../inventory/service.ts';
import type { EvidenceLine } from './cause.ts';
import type { Row } from './cells.ts';
import { metricLine } from './evidence-line.ts';
import { type Facts, rowsOf } from './facts.ts';
import { shellWord } from './quote.ts';

/** Characters of a command line that still read as a name. */
const SHOWN_COMMAND = 80;

/** How long the time in a fact was ago when the state was read, in ms; undefined when either is not known. */
export function ageOf(view: ContainerView, fact: string): number | undefined {
  const at = Date.parse(view.fact(fact) ?? '');
  return view.seenAt === undefined || !Number.isFinite(at) ? undefined : view.seenAt - at;
}

export const DOCKER_PROBES = {
  stats: 'docker.stats',
  logs: 'docker.logs',
  top: 'docker.top',
  sockets: 'docker.sockets',
} as const;
export type DockerSource = keyof typeof DOCKER_PROBES;

/** One line of a log, grouped with its like. */
export interface PatternRow {
  readonly pattern: string;
  readonly level: string;
  readonly count: number;
  readonly countBefore: number;
  readonly example: string;
}

/** Everything that is known of one container, for rules that look at containers. */
export interface ContainerView {
  readonly service: string;
  /** Name for commands, quoted where a shell needs it. */
  readonly container: string;
  readonly role: Role;
  /** When its state was read, ms since the epoch; undefined when it was not. */
  readonly seenAt: number | undefined;
  has(source: DockerSource): boolean;
  value(source: DockerSource, metric: string): number | undefined;
  usual(source: DockerSource, metric: string): number | undefined;
  /** A fact of `docker.stats`. */
  fact(name: string): string | undefined;
  /** A fact of another probe. */
  factOf(source: DockerSource, name: string): string | undefined;
  rows(source: DockerSource, table: string): readonly Row[];
  line(source: DockerSource, metric: string, text: string, threshold?: number): EvidenceLine | undefined;
  /** A line about a fact, for what is not a number. */
  factLine(name: string, text: string): EvidenceLine | undefined;
  readonly patterns: readonly PatternRow[];
  /** Command of the process that uses most CPU. */
  readonly topCommand: string | undefined;
  /** That process for people: `"node server.js" (PID 4153)`. */
  readonly topProcess: string | undefined;
}

/** Every container that any probe of Docker collected something of, in the order of the evidence. */
export function containerViews(facts: Facts): readonly ContainerView[] {
  const targets = new Map<string, Partial<Record<DockerSource, CollectedEvidence>>>();
  for (const evidence of facts.evidence) {
    const source = sourceOf(evidence.probe);
    if (evidence.status !== 'collected' || source === undefined) continue;
    targets.set(evidence.target, { ...targets.get(evidence.target), [source]: evidence });
  }
  return [...targets.values()].flatMap((sources) => toView(facts, sources) ?? []);
}

function sourceOf(probe: string): DockerSource | undefined {
  const sources: readonly DockerSource[] = ['stats', 'logs', 'top', 'sockets'];
  return sources.find((source) => DOCKER_PROBES[source] === probe);
}

function toView(
  facts: Facts,
  sources: Partial<Record<DockerSource, CollectedEvidence>>,
): ContainerView | undefined {
  const some = sources.stats ?? sources.logs ?? sources.top ?? sources.sockets;
  if (some === undefined) return undefined;
  const usual = (source: DockerSource, metric: string) => facts.usual(sources[source]?.target ?? '', metric);
  const factOf = (name: string) => sources.stats?.facts?.[name];
  return {
    service: some.service,
    container: shellWord(factOf('container') ?? some.target.replace(/^container:/, '')),
    role: facts.services.find(({ name }) => name === some.service)?.role ?? 'other',
    seenAt: sources.stats?.collectedAt,
    has: (source) => sources[source] !== undefined,
    value: (source, metric) => sources[source] && metricValue(sources[source], metric),
    usual,
    fact: factOf,
    factOf: (source, name) => sources[source]?.facts?.[name],
    rows: (source, table) => rowsOf(sources[source], table),
    line: (source, metric, text, threshold) =>
      metricLine(sources[source], metric, text, {
        usual: usual(source, metric),
        ...(threshold !== undefined && { threshold }),
      }),
    factLine: (name, text) => {
      const value = factOf(name);
      return value === undefined ? undefined : { probe: DOCKER_PROBES.stats, metric: name, value, text };
    },
    patterns: rowsOf(sources.logs, 'patterns').map((row) => ({
      pattern: String(row.pattern),
      level: String(row.level),
      count: Number(row.count),
      countBefore: Number(row.count_before),
      example: String(row.example),
    })),
    topCommand: commandOf(rowsOf(sources.top, 'processes')[0]),
    topProcess: processOf(rowsOf(sources.top, 'processes')[0]),
  };
}

function commandOf(row: Readonly<Record<string, number | string | null>> | undefined): string | undefined {
  return typeof row?.command === 'string' ? row.command : undefined;
}

function processOf(row: Readonly<Record<string, number | string | null>> | undefined): string | undefined {
  const command = commandOf(row);
  return command === undefined
    ? undefined
    : `"${command.slice(0, SHOWN_COMMAND)}" (PID ${row?.pid ?? 'unknown'})`;
}

/** `, most of it in "node server.js" (PID 4153)`, or nothing when processes were not read. */
export function processText(view: ContainerView): string {
  return view.topProcess === undefined ? '' : `, most of it in ${view.topProcess}`;
}
