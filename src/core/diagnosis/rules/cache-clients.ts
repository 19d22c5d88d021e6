import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const PROBE = 'redis.clients';
const MONITOR = 'cache.monitor_running';
const OUTPUT = 'cache.output_buffers';

/** Redis itself ends a subscriber that has 32 MB outstanding (client-output-buffer-limit pubsub); ordinary clients have no limit. */
const MUCH_OUTPUT_BYTES = 32 * 1024 * 1024;
const SHARE_OF_MEMORY = 0.2;

/** Clients that cost all others time or memory: one that watches everything, one that does not fetch its answers. */
export const cacheClientsRule: DiagnosisRule = {
  ids: [MONITOR, OUTPUT],
  evaluate: (facts) =>
    collectedBy(facts, PROBE).flatMap((evidence) => [monitored(evidence), unfetched(facts, evidence)]),
};

function monitored(evidence: CollectedEvidence): Verdict {
  const line = metricLine(evidence, 'monitor_clients', 'clients that run MONITOR', { threshold: 0 });
  if (line === undefined) return undecidedVerdict(MONITOR, 'clients were not listed');
  if (Number(line.value) === 0) return ruledOutVerdict(MONITOR, 'nobody runs MONITOR');
  const who = rowsOf(evidence, 'callers').find((row) => textIn(row, 'command') === 'monitor');
  const caller = textIn(who, 'caller');
  return causeVerdict({
    id: MONITOR,
    title: 'Somebody watches every command of the cache',
    service: evidence.service,
    summary: `${line.value} ${Number(line.value) === 1 ? 'client runs' : 'clients run'} MONITOR${caller ? ` (${caller})` : ''}: Redis writes each command out again, which may take half of its throughput.`,
    confidence: 0.75,
    evidence: [line],
    advice: [
      {
        title: 'End it',
        why: 'MONITOR costs more the more Redis has to do, and shows all values; slow log and command statistics tell the same.',
        effect: 'reads',
        command: 'redis-cli CLIENT LIST | grep "flags=O"   # then: redis-cli CLIENT KILL ID <id>',
        risk: 'Ends the session of whoever watches, nothing else.',
        source: 'https://redis.io/docs/latest/commands/monitor/#cost-of-running-monitor',
      },
    ],
  });
}

function unfetched(facts: Facts, evidence: CollectedEvidence): Verdict {
  const line = metricLine(evidence, 'output_buffer_bytes', 'answers that clients have not fetched', {
    threshold: MUCH_OUTPUT_BYTES,
  });
  if (line === undefined) return undecidedVerdict(OUTPUT, 'clients were not listed');
  const bytes = Number(line.value);
  const used = metricFor(facts, 'redis.info', evidence.service, 'used_memory_bytes');
  const share = used === undefined || used === 0 ? undefined : bytes / used;
  if (bytes < MUCH_OUTPUT_BYTES)
    return ruledOutVerdict(OUTPUT, `${formatValue(bytes, 'bytes')} of answers wait to be fetched`);
  const worst = worstCaller(evidence);
  return causeVerdict({
    id: OUTPUT,
    title: 'A client does not fetch its answers',
    service: evidence.service,
    summary: `Redis keeps ${formatValue(bytes, 'bytes')} of answers that were not fetched${worst ? `, most of them of ${textIn(worst, 'caller')} (${textIn(worst, 'command')})` : ''}${share === undefined ? '' : `: ${formatValue(share, 'ratio')} of its memory`}.`,
    confidence: share !== undefined && share >= SHARE_OF_MEMORY ? 0.85 : 0.7,
    evidence: lines(
      line,
      metricLine(evidence, 'largest_output_buffer_bytes', 'of one client alone'),
      metricLine(
        collectedFor(facts, 'redis.info', evidence.service),
        'used_memory_bytes',
        'in use by Redis altogether',
      ),
    ),
    advice: [
      {
        title: 'Look why this client is behind, and bound what it may keep',
        why: 'A subscriber that is too slow, or an application that asks for far more than it reads, fills the memory of the cache.',
        effect: 'changes',
        command: 'CONFIG SET client-output-buffer-limit "normal 256mb 64mb 60"',
        risk: 'Ends clients that are over the limit; the default for ordinary clients is no limit.',
        undo: 'CONFIG SET client-output-buffer-limit "normal 0 0 0"',
        source: 'https://redis.io/docs/latest/develop/reference/clients/#output-buffer-limits',
      },
    ],
  });
}

function worstCaller(evidence: CollectedEvidence): Row | undefined {
  return [...rowsOf(evidence, 'callers')].sort(
    (a, b) => (numberIn(b, 'output_bytes') ?? 0) - (numberIn(a, 'output_bytes') ?? 0),
  )[0];
}
