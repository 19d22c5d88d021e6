import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, type Facts } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { sessionRole } from '../session-role.ts';
import { quoteStatement, statementsOf } from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.work_mem_spill';
const HEAVY_BYTES_PER_SECOND = 10e6;

/** Sorts and hashes that do not fit into work_mem and go through temporary files. */
export const dbWorkMemSpillRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) => collectedBy(facts, 'postgres.database').map((evidence) => judge(facts, evidence)),
};

function judge(facts: Facts, evidence: CollectedEvidence): Verdict {
  const line = metricLine(evidence, 'temp_bytes_per_second', 'written to temporary files', {
    threshold: HEAVY_BYTES_PER_SECOND,
    usual: facts.usual(evidence.target, 'temp_bytes_per_second'),
  });
  if (line === undefined) return undecidedVerdict(ID, 'temporary files were not measured');
  const rate = Number(line.value);
  if (rate < HEAVY_BYTES_PER_SECOND) {
    return ruledOutVerdict(ID, `temporary files ${formatValue(rate, 'bytes_per_second')}`);
  }
  const spilling = [...(statementsOf(facts, evidence.service) ?? [])]
    .filter((row) => (numberIn(row, 'temp_bytes') ?? 0) > 0)
    .sort((a, b) => (numberIn(b, 'temp_bytes') ?? 0) - (numberIn(a, 'temp_bytes') ?? 0));
  const [top] = spilling;
  const perCall = (numberIn(top, 'temp_bytes') ?? 0) / Math.max(1, numberIn(top, 'calls') ?? 1);
  const share = numberIn(top, 'share') ?? 0;
  return causeVerdict({
    id: ID,
    title: 'Sorts spill to disk',
    service: evidence.service,
    summary: `The database writes ${formatValue(rate, 'bytes_per_second')} of temporary files${top ? `, most of it for ${quoteStatement(top)} (${formatValue(perCall, 'bytes')} per call)` : ''}: its sorts do not fit into work_mem.`,
    confidence: top && share >= 0.3 ? 0.93 : 0.72,
    evidence: lines(
      line,
      top && {
        probe: 'postgres.statements',
        metric: 'temp_bytes',
        value: numberIn(top, 'temp_bytes') ?? 0,
        unit: 'bytes',
        text: `temporary bytes of ${quoteStatement(top, 80)}, which takes ${formatValue(share, 'ratio')} of the time`,
      },
    ),
    advice: adviceFor(perCall, sessionRole(facts, evidence.service)),
  });
}

function adviceFor(bytesPerCall: number, role: string): readonly CauseAdvice[] {
  // The counter of a statement holds what was written and what was read back.
  const suggestedMb = Math.max(16, 2 ** Math.ceil(Math.log2((bytesPerCall * 2) / 1e6 || 16)));
  return [
    {
      title: 'Give this statement more memory for sorting',
      why: 'With enough work_mem it sorts in memory. For one role or one statement, not for the whole server.',
      effect: 'changes',
      command: `ALTER ROLE ${role} SET work_mem = '${Math.min(256, suggestedMb)}MB';`,
      risk: 'Every sort of every session of this role may take as much; check memory against the number of sessions.',
      undo: `ALTER ROLE ${role} RESET work_mem;`,
      source: 'https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM',
    },
    {
      title: 'Or sort less',
      why: 'An index in the order of ORDER BY, or a LIMIT, spares the sort.',
      source: 'https://www.postgresql.org/docs/current/indexes-ordering.html',
    },
  ];
}
