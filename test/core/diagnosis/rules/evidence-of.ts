import type { Facts } from '../../../../src/core/diagnosis/facts.ts';
import type { DiagnosisRule } from '../../../../src/core/diagnosis/rule.ts';
import type { Cell, CollectedEvidence, Evidence, Table } from '../../../../src/core/evidence.ts';
import type { Role, Service } from '../../../../src/core/inventory/service.ts';
import type { TargetKind } from '../../../../src/core/inventory/target.ts';
import { expectGoodAdvice } from './advice-promises.ts';

type Numbers = Readonly<Record<string, number>>;
type Row = Readonly<Record<string, Cell>>;

const KINDS: Readonly<Record<string, TargetKind>> = {
  docker: 'container',
  host: 'host',
  http: 'http',
  node: 'node',
  prometheus: 'prometheus',
};

/** What one probe collected of one service: metrics by name (their units do not matter to rules), tables as records. */
export function seen(
  probe: string,
  service: string,
  metrics: Numbers,
  more: {
    readonly facts?: Readonly<Record<string, string>>;
    readonly tables?: Readonly<Record<string, readonly Row[]>>;
  } = {},
): CollectedEvidence {
  const targetKind = KINDS[probe.split('.')[0] ?? ''] ?? 'postgres';
  return {
    status: 'collected',
    probe,
    service,
    target: `${targetKind}:${service}`,
    targetKind,
    collectedAt: 0,
    durationMs: 1,
    metrics: Object.entries(metrics).map(([name, value]) => ({ name, value, unit: 'count' })),
    tables: Object.entries(more.tables ?? {}).map(([name, rows]) => toTable(name, rows)),
    ...(more.facts && { facts: more.facts }),
  };
}

function toTable(name: string, rows: readonly Row[]): Table {
  const columns = Object.keys(rows[0] ?? {});
  return {
    name,
    title: name,
    columns: columns.map((column) => ({ name: column, title: column })),
    rows: rows.map((row) => columns.map((column) => row[column] ?? null)),
  };
}

/** A service of the inventory; the target of 2 s and 1 % holds unless given otherwise. */
export function serviceOf(name: string, role: Role, dependsOn: readonly string[] = []): Service {
  return { name, role, source: 'configured', targets: [], dependsOn, kpis: {}, aliases: [], gaps: [] };
}

/** Facts about a service called `api` among the given services; `usual` by metric. */
export function factsOf(
  evidence: readonly Evidence[],
  options: {
    readonly services?: readonly Service[];
    readonly usual?: Numbers;
    readonly subject?: string | null;
  } = {},
): Facts {
  const {
    services = [serviceOf('api', 'node'), serviceOf('host', 'host')],
    usual = {},
    subject = 'api',
  } = options;
  return {
    subject: services.find(({ name }) => name === subject),
    services,
    evidence,
    usual: (_, metric) => usual[metric],
  };
}

/** Verdicts in short: `found 0.8`, `ruled out`, `undecided`, or `nothing`. */
export function outcome(rule: DiagnosisRule, facts: Facts): string {
  const verdicts = rule.evaluate(facts);
  expectGoodAdvice(verdicts.flatMap((verdict) => (verdict.kind === 'cause' ? [verdict.cause] : [])));
  const words = verdicts.map((verdict) => {
    if (verdict.kind === 'cause') return `found ${Number(verdict.cause.confidence.toFixed(2))}`;
    return verdict.kind === 'ruled_out' ? 'ruled out' : 'undecided';
  });
  return words.join(', ') || 'nothing';
}
