import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

/** Id of the cause. */
export const PERSISTENCE_STALL = 'cache.persistence_stall';

/** A fork stops the server; a second of it is felt by everybody. */
const LONG_FORK_MS = 1000;
/** An event that Redis itself recorded counts from here, like a slow command that stops it. */
const STALL_MS = 100;
/** An older fork says little about what is slow now. */
const RECENT_MS = 15 * 60_000;
const EVENTS = /^(fork$|aof-)/;

const SOURCE = 'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/';

/** What may have stopped the server for saving; absent: it did not. */
interface Stall {
  readonly event: Row | undefined;
  readonly forkMs: number | undefined;
  readonly lateSyncs: number | undefined;
}

/** Whether saving to disk stops the Redis that this evidence is of. */
export function persistenceStall(facts: Facts, evidence: CollectedEvidence): Verdict {
  const metric = (name: string) => metricFor(facts, evidence.probe, evidence.service, name);
  const fork = metric('latest_fork_ms');
  const late = metric('delayed_fsyncs');
  const stall: Stall = {
    event: worstEvent(facts, evidence.service),
    forkMs: fork !== undefined && fork >= LONG_FORK_MS ? fork : undefined,
    lateSyncs: late === 0 ? undefined : late,
  };
  if (Object.values(stall).every((seen) => seen === undefined))
    return ruledOutVerdict(PERSISTENCE_STALL, nothingStalled(fork, late));
  const { event, forkMs } = stall;
  const isFork = event === undefined ? forkMs !== undefined : textIn(event, 'event') === 'fork';
  const isRecent = (metric('forks') ?? 0) > 0 || (metric('snapshot_age_ms') ?? RECENT_MS) < RECENT_MS;
  return causeVerdict({
    id: PERSISTENCE_STALL,
    title: 'Saving to disk stops the cache',
    service: evidence.service,
    summary: summaryOf(stall),
    confidence: confidenceOf(stall, isRecent),
    evidence: lines(
      event && eventLine(event),
      metricLine(evidence, 'latest_fork_ms', 'the last fork: meanwhile Redis answers nobody', {
        threshold: LONG_FORK_MS,
      }),
      metricLine(evidence, 'delayed_fsyncs', 'syncs of the append-only file that were late', {
        threshold: 0,
      }),
      metricLine(evidence, 'rss_bytes', 'memory whose page table each fork copies'),
    ),
    advice: [isFork ? forkAdvice() : syncAdvice()],
  });
}

function nothingStalled(forkMs: number | undefined, late: number | undefined): string {
  const forked = forkMs === undefined ? [] : [`the last fork took ${formatValue(forkMs, 'ms')}`];
  const synced = late === undefined ? [] : ['no sync of the append-only file was late'];
  return (
    [...forked, ...synced].join(', ') || 'nothing was saved since the start and no append-only file is kept'
  );
}

function confidenceOf({ event, forkMs, lateSyncs }: Stall, isRecent: boolean): number {
  if (event) return 0.86;
  if (forkMs !== undefined && isRecent) return 0.8;
  return lateSyncs ? 0.72 : 0.45;
}

function worstEvent(facts: Facts, service: string): Row | undefined {
  const events = rowsOf(collectedFor(facts, 'redis.latency', service), 'events');
  return events.find(
    (row) => EVENTS.test(textIn(row, 'event')) && (numberIn(row, 'worst_ms') ?? 0) >= STALL_MS,
  );
}

function summaryOf({ event, forkMs, lateSyncs }: Stall): string {
  if (event) {
    const took = formatValue(numberIn(event, 'worst_ms') ?? 0, 'ms');
    return `Redis stood still for up to ${took} (${textIn(event, 'event')}: ${textIn(event, 'meaning') || 'saving to disk'}).`;
  }
  if (forkMs !== undefined)
    return `The fork for the last snapshot or rewrite took ${formatValue(forkMs, 'ms')}; during it Redis answers nobody.`;
  return `The disk was too slow for the append-only file: ${lateSyncs} syncs were late, and writes wait for them.`;
}

function eventLine(row: Row): EvidenceLine {
  return {
    probe: 'redis.latency',
    metric: 'worst_latency_ms',
    value: numberIn(row, 'worst_ms') ?? 0,
    unit: 'ms',
    threshold: STALL_MS,
    text: `longest stop of the kind ${textIn(row, 'event')}, as Redis recorded it`,
  };
}

function forkAdvice(): CauseAdvice {
  return {
    title: 'Make forks rarer and cheaper',
    why: 'A fork copies the page table: its time grows with the memory of Redis, and huge pages make the writes after it slow.',
    effect: 'changes',
    command: 'echo never > /sys/kernel/mm/transparent_hugepage/enabled',
    risk: 'Needs root, holds for the whole machine and until it restarts. Snapshots may also be taken at a replica, or less often (save in redis.conf): then more is lost in a crash.',
    undo: 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled',
    source: `${SOURCE}#latency-generated-by-fork`,
  };
}

function syncAdvice(): CauseAdvice {
  return {
    title: 'Do not sync the append-only file while a rewrite uses the disk',
    why: 'Redis waits with writes when the last sync has not ended after two seconds.',
    effect: 'changes',
    command: 'CONFIG SET no-appendfsync-on-rewrite yes',
    risk: 'A crash of the machine during a rewrite may lose up to 30 seconds of writes. A faster disk has no such price.',
    undo: 'CONFIG SET no-appendfsync-on-rewrite no',
    source: `${SOURCE}#latency-due-to-aof-and-disk-io`,
  };
}
