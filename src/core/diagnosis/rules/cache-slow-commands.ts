import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { collectedFor, type Facts, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

/** Commands that walk the whole key space or stop the server for all other reasons. */
const BLOCKING = /^(keys|flushall|flushdb|save|debug|eval|evalsha|fcall|script|del|unlink|rename|sort)\b/i;

/** Commands whose time grows with the size of one value. */
const ON =
  /^(lrange|smembers|hgetall|hkeys|hvals|zrange\w*|zrevrange\w*|sinter\w*|sunion\w*|sdiff\w*|zunion\w*|zinter\w*|lrem|linsert|lindex|lpos|mget|getrange|xrange|xrevrange|bitcount|bitop)\b/i;

const TELLING_MS = 10;
const STALL_MS = 100;
/** What ended this long ago may be over; the slow log goes back ten minutes. */
const OVER_MS = 3 * 60_000;
/** What it is worth then. */
const MAYBE_OVER = 0.5;

/** Redis runs one command at a time: this finds the long ones, and says which kind they are. */
export const cacheSlowCommandsRule: DiagnosisRule = {
  ids: ['cache.blocking_command', 'cache.on_command'],
  evaluate: (facts) =>
    [
      ...new Set(
        facts.evidence.filter(({ targetKind }) => targetKind === 'redis').map(({ service }) => service),
      ),
    ].flatMap((service) => judge(facts, service)),
};

function judge(facts: Facts, service: string): readonly Verdict[] {
  const slowlog = collectedFor(facts, 'redis.slowlog', service);
  const statistics = collectedFor(facts, 'redis.commands', service);
  if (slowlog === undefined && statistics === undefined) return [];
  const entries = rowsOf(slowlog, 'slowlog').filter(
    (row) => (numberIn(row, 'duration_ms') ?? 0) >= TELLING_MS,
  );
  return [blocking(slowlog, entries), ofSize({ slowlog, statistics, entries, service })].flatMap(
    (verdict) => verdict ?? [],
  );
}

function blocking(slowlog: CollectedEvidence | undefined, entries: readonly Row[]): Verdict | undefined {
  const id = 'cache.blocking_command';
  if (slowlog === undefined) return undecidedVerdict(id, 'the slow log was not read');
  const hits = entries.filter((row) => BLOCKING.test(textIn(row, 'command')));
  const [worst] = hits;
  if (worst === undefined) return ruledOutVerdict(id, `no command that stops the server in the slow log`);
  const command = textIn(worst, 'command');
  const ms = numberIn(worst, 'duration_ms') ?? 0;
  return causeVerdict({
    id,
    title: 'A command stops the whole cache',
    service: slowlog.service,
    summary: `${command} took ${formatValue(ms, 'ms')}${hits.length > 1 ? `, and ${hits.length - 1} more like it ran` : ''}: meanwhile Redis answers nobody.`,
    confidence: Math.min(ms >= STALL_MS ? 0.88 : 0.6, sinceLast(slowlog, hits) >= OVER_MS ? MAYBE_OVER : 1),
    evidence: [slowLine(worst)],
    against: overLine(slowlog, hits),
    advice: [blockingAdvice(command)],
  });
}

function ofSize({
  slowlog,
  statistics,
  entries,
  service,
}: {
  readonly slowlog: CollectedEvidence | undefined;
  readonly statistics: CollectedEvidence | undefined;
  readonly entries: readonly Row[];
  readonly service: string;
}): Verdict | undefined {
  const id = 'cache.on_command';
  const slow = entries.filter((row) => ON.test(textIn(row, 'command')));
  const heavy = rowsOf(statistics, 'commands').find(
    (row) =>
      ON.test(textIn(row, 'command')) &&
      (numberIn(row, 'share') ?? 0) >= 0.5 &&
      (numberIn(row, 'usec_per_call') ?? 0) >= 1000,
  );
  const [worst] = slow;
  if (worst === undefined && heavy === undefined) {
    if (slowlog === undefined) return undecidedVerdict(id, 'the slow log was not read');
    return ruledOutVerdict(
      id,
      'no command over large values in the slow log or at the top of the command statistics',
    );
  }
  // What the statistics of this moment show is going on.
  const against = heavy ? [] : overLine(slowlog, slow);
  const name = textIn(worst, 'command') || textIn(heavy, 'command').toUpperCase();
  return causeVerdict({
    id,
    title: 'Large values are read as a whole',
    service,
    summary: worst
      ? `${name} took up to ${formatValue(numberIn(worst, 'duration_ms') ?? 0, 'ms')} (${slow.length} in the slow log): its time grows with the size of the value, and the application has to parse all of it.`
      : `${name} takes ${formatValue(numberIn(heavy, 'share') ?? 0, 'ratio')} of the server's time.`,
    confidence: sizeConfidence({
      slow: slow.length,
      isHeavy: heavy !== undefined,
      isOver: against.length > 0,
    }),
    evidence: [...(worst ? [slowLine(worst)] : []), ...(heavy ? [shareLine(heavy)] : [])],
    against,
    advice: [
      {
        title: 'Read a part instead of the whole value',
        why: 'LRANGE with a narrow range, HMGET with the needed fields, HSCAN or SSCAN in steps; keep large collections short with LTRIM.',
        source:
          'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/#latency-generated-by-slow-commands',
      },
    ],
  });
}

function sizeConfidence(of: {
  readonly slow: number;
  readonly isHeavy: boolean;
  readonly isOver: boolean;
}): number {
  if (of.isOver) return MAYBE_OVER;
  if (of.isHeavy) return of.slow > 0 ? 0.9 : 0.82;
  return of.slow >= 3 ? 0.82 : 0.6;
}

/** How long ago the last of these commands was, in ms; infinite where there is none. */
function sinceLast(slowlog: CollectedEvidence | undefined, rows: readonly Row[]): number {
  const last = Math.max(...rows.map((row) => numberIn(row, 'at') ?? 0));
  return (slowlog?.collectedAt ?? 0) - last;
}

function overLine(slowlog: CollectedEvidence | undefined, rows: readonly Row[]): readonly EvidenceLine[] {
  const ms = sinceLast(slowlog, rows);
  if (ms < OVER_MS) return [];
  const text = 'since the last one in the slow log: it may be over';
  return [{ probe: 'redis.slowlog', metric: 'at', value: ms, unit: 'ms', text }];
}

function slowLine(row: Row): EvidenceLine {
  return {
    probe: 'redis.slowlog',
    metric: 'slowest_ms',
    value: numberIn(row, 'duration_ms') ?? 0,
    unit: 'ms',
    threshold: TELLING_MS,
    text: `${textIn(row, 'command')} from ${textIn(row, 'client') || 'an unknown client'}, time in the server alone`,
  };
}

function shareLine(row: Row): EvidenceLine {
  return {
    probe: 'redis.commands',
    metric: 'share',
    value: numberIn(row, 'share') ?? 0,
    unit: 'ratio',
    threshold: 0.5,
    text: `of the server's time goes into ${textIn(row, 'command').toUpperCase()}, ${formatValue((numberIn(row, 'usec_per_call') ?? 0) / 1000, 'ms')} each`,
  };
}

function blockingAdvice(command: string): CauseAdvice {
  const [name = ''] = command.split(' ');
  const instead: Readonly<Record<string, string>> = {
    KEYS: 'SCAN in steps with COUNT',
    DEL: 'UNLINK, which frees large values in the background',
    FLUSHALL: 'FLUSHALL ASYNC',
    FLUSHDB: 'FLUSHDB ASYNC',
    SAVE: 'BGSAVE',
    SORT: 'a sorted set',
  };
  const base = {
    title: `Use ${instead[name] ?? 'smaller steps'} instead of ${name}`,
    why: 'Redis runs one command at a time: while this one runs, every other client waits.',
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/',
  };
  if (name !== 'KEYS') return { ...base, effect: 'reads', command: 'SLOWLOG GET 10' };
  return {
    ...base,
    effect: 'changes',
    command: 'ACL SETUSER <application user> -keys',
    risk: 'Code that still uses KEYS gets an error.',
    undo: 'ACL SETUSER <application user> +keys',
  };
}
