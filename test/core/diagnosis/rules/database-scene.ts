import { type Diagnosis, diagnose } from '../../../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../../../src/core/diagnosis/rules.ts';
import type { Cell, CollectedEvidence, Evidence } from '../../../../src/core/evidence.ts';
import type { Service } from '../../../../src/core/inventory/service.ts';
import { expectGoodAdvice } from './advice-promises.ts';

type Rows = Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>;

const DB = 'shop-db';
const CACHE = 'shop-cache';
const APP = 'shop-api';

/** What one probe saw: metrics by name, tables as records. Units do not matter to rules. */
export function seen(
  probe: string,
  metrics: Readonly<Record<string, number>>,
  tables: Rows = {},
  facts: Readonly<Record<string, string>> = {},
): CollectedEvidence {
  const kind = probe.startsWith('redis') ? 'redis' : probe.startsWith('postgres') ? 'postgres' : 'http';
  const service = { redis: CACHE, postgres: DB, http: APP }[kind];
  return {
    status: 'collected',
    probe,
    target: `${kind}:${service}`,
    targetKind: kind,
    service,
    collectedAt: 0,
    durationMs: 1,
    metrics: Object.entries(metrics).map(([name, value]) => ({ name, value, unit: 'count' })),
    tables: Object.entries(tables).map(([name, rows]) => {
      const columns = Object.keys(rows[0] ?? {});
      return {
        name,
        title: name,
        columns: columns.map((column) => ({ name: column, title: column })),
        rows: rows.map((row) => columns.map((column) => row[column] ?? null)),
      };
    }),
    facts,
  };
}

/** A probe that could not look. */
export function unseen(probe: string, reason: 'overloaded' | 'permission'): Evidence {
  const kind = probe.startsWith('redis') ? 'redis' : 'postgres';
  const service = kind === 'redis' ? CACHE : DB;
  return {
    status: 'unavailable',
    probe,
    target: `${kind}:${service}`,
    targetKind: kind,
    service,
    collectedAt: 0,
    durationMs: 1,
    reason,
    message: 'no',
  };
}

/** Diagnoses a shop whose application uses a database and a cache; `usual` by metric. */
export function concluded(
  evidence: readonly Evidence[],
  usual: Readonly<Record<string, number>> = {},
): Diagnosis {
  const service = (name: string, role: Service['role'], dependsOn: readonly string[]): Service => ({
    name,
    role,
    source: 'configured',
    targets: [],
    dependsOn,
    kpis: {},
    aliases: [],
    gaps: [],
  });
  const services = [
    service(APP, 'node', [DB, CACHE]),
    service(DB, 'postgres', []),
    service(CACHE, 'redis', []),
  ];
  const diagnosis = diagnose(RULES, {
    subject: services[0],
    services,
    evidence,
    usual: (_target, metric) => usual[metric],
  });
  expectGoodAdvice(diagnosis.causes);
  return diagnosis;
}
