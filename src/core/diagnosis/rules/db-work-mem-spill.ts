import type { CollectedEvidence } from '../../evidence.ts';
import { sortKeys } from '../../sql/index-keys.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { createIndex } from '../create-index.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, type Facts } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { sessionRole } from '../session-role.ts';
import { planOf } from '../statement-plans.ts';
import {
  HEAVY_SPILL_BYTES_PER_SECOND,
  isSpilling,
  quoteStatement,
  spillingStatement,
  spillPerCall,
} from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.work_mem_spill';

/** Sorts and hashes that do not fit into work_mem and go through temporary files. */
export const dbWorkMemSpillRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) => collectedBy(facts, 'postgres.database').map((evidence) => judge(facts, evidence)),
};

function judge(facts: Facts, evidence: CollectedEvidence): Verdict {
  const line = metricLine(evidence, 'temp_bytes_per_second', 'written to temporary files', {
    threshold: HEAVY_SPILL_BYTES_PER_SECOND,
    usual: facts.usual(evidence.target, 'temp_bytes_per_second'),
  });
  if (line === undefined) return undecidedVerdict(ID, 'temporary files were not measured');
  const rate = Number(line.value);
  if (!isSpilling(facts, evidence.service)) {
    return ruledOutVerdict(ID, `temporary files ${formatValue(rate, 'bytes_per_second')}`);
  }
  const top = spillingStatement(facts, evidence.service);
  const perCall = spillPerCall(top);
  const share = numberIn(top, 'share') ?? 0;
  const plan = planOf(facts, evidence.service, top);
  const sorting = largestInMemory(plan);
  return causeVerdict({
    id: ID,
    title: 'Sorts spill to disk',
    service: evidence.service,
    summary: `The database writes ${formatValue(rate, 'bytes_per_second')} of temporary files${top ? `, most of it for ${quoteStatement(top)} (${formatValue(perCall, 'bytes')} per call)` : ''}: its sorts do not fit into work_mem.`,
    confidence: top && share >= 0.3 ? (sorting ? 0.95 : 0.93) : 0.72,
    evidence: lines(line, top && spillLine(top), sorting && sortingLine(sorting)),
    advice: adviceFor({ bytesPerCall: perCall, sorting, role: sessionRole(facts, evidence.service) }),
  });
}

function spillLine(statement: Row): EvidenceLine {
  const share = formatValue(numberIn(statement, 'share') ?? 0, 'ratio');
  return {
    probe: 'postgres.statements',
    metric: 'temp_bytes',
    value: numberIn(statement, 'temp_bytes') ?? 0,
    unit: 'bytes',
    text: `temporary bytes of ${quoteStatement(statement, 80)}, which takes ${share} of the time`,
  };
}

function sortingLine(step: Row): EvidenceLine {
  const name = textIn(step, 'step');
  const size = `${formatValue(numberIn(step, 'rows') ?? 0, 'count')} rows (${formatValue(numberIn(step, 'bytes') ?? 0, 'bytes')})`;
  const keys = textIn(step, 'keys');
  return {
    probe: 'postgres.statements',
    metric: 'plan',
    value: name,
    text: `its plan: ${name} of about ${size}${keys === '' ? '' : ` by ${keys}`}`,
  };
}

/** The step that needs most memory: what sorts, hashes or keeps its rows. */
function largestInMemory(plan: readonly Row[]): Row | undefined {
  const [largest] = plan
    .map((row, index) => ({ row, next: plan[index + 1] }))
    .filter(({ row }) =>
      /^(Sort|Incremental Sort|Hash|HashAggregate|Aggregate|Materialize)$/.test(textIn(row, 'step')),
    )
    .sort((a, b) => (numberIn(b.row, 'bytes') ?? 0) - (numberIn(a.row, 'bytes') ?? 0));
  return largest && { ...largest.row, table: textIn(largest.next, 'table') };
}

/** An index in the order of the sort, where the plan sorts what it just read from one table. */
function sparesTheSort(sorting: Row | undefined): CauseAdvice | undefined {
  const table = textIn(sorting, 'table');
  const keys = sortKeys(textIn(sorting, 'keys'));
  if (textIn(sorting, 'step') !== 'Sort' || table === '' || keys.length === 0) return undefined;
  return createIndex({
    table,
    keys,
    why: 'Its plan sorts all rows of the table by it; read in the order of an index they need no sort. It pays most where only the first rows are wanted.',
  });
}

function adviceFor({
  bytesPerCall,
  sorting,
  role,
}: {
  readonly bytesPerCall: number;
  readonly sorting: Row | undefined;
  readonly role: string;
}): readonly CauseAdvice[] {
  const index = sparesTheSort(sorting);
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
    index ?? {
      title: 'Or sort less',
      why: 'An index in the order of ORDER BY, or a LIMIT, spares the sort.',
      source: 'https://www.postgresql.org/docs/current/indexes-ordering.html',
    },
  ];
}
