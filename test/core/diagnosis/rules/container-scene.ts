import type { Cause, Verdict } from '../../../../src/core/diagnosis/cause.ts';
import type { Facts } from '../../../../src/core/diagnosis/facts.ts';
import type { DiagnosisRule } from '../../../../src/core/diagnosis/rule.ts';
import type { Evidence } from '../../../../src/core/evidence.ts';
import type { Role, Service } from '../../../../src/core/inventory/service.ts';
import type { Unit } from '../../../../src/core/unit.ts';
import { expectGoodAdvice } from './advice-promises.ts';

type Numbers = Readonly<Record<string, number>>;
type Pattern = readonly [pattern: string, level: string, count: number, countBefore: number];

/** What the probes of Docker saw of one container; what is left out was not measured. */
export interface Scene {
  readonly role?: Role;
  readonly stats?: Numbers;
  readonly facts?: Readonly<Record<string, string>>;
  readonly logs?: Numbers;
  readonly patterns?: readonly Pattern[];
  readonly top?: number;
  readonly command?: string;
  readonly usual?: Numbers;
  /** Memory that the machine has available. */
  readonly free?: number;
  readonly unavailable?: 'unreachable' | 'not_found';
}

const NOW = Date.parse('2026-11-23T13:00:00Z');
/** A container in which nothing is wrong. */
export const QUIET: Scene = {
  stats: {
    running: 1,
    restart_count: 0,
    oom_events: 0,
    die_events: 0,
    cpu_cores: 0.2,
    cpu_limit_cores: 1,
    cpu_ratio: 0.2,
    throttled_ratio: 0.02,
    memory_used_bytes: 100e6,
    memory_limit_bytes: 512e6,
    memory_ratio: 0.2,
  },
  facts: {
    container: 'shop-api-1',
    status: 'running',
    health: 'healthy',
    oom_killed: 'false',
    restart_policy: 'unless-stopped',
    started_at: '2026-11-20T13:00:00Z',
  },
  logs: {
    lines: 500,
    error_lines: 2,
    error_lines_per_minute: 0.1,
    error_ratio_before: 0.1,
    bytes_per_second: 2000,
  },
  patterns: [['GET /api 200', 'info', 498, 500]],
  top: 0.2,
  command: 'node server.js',
  usual: { memory_used_bytes: 100e6, cpu_ratio: 0.2 },
};

/** A quiet container but for what is given. */
export function scene(change: Scene): Scene {
  return {
    ...QUIET,
    ...change,
    stats: { ...QUIET.stats, ...change.stats },
    facts: { ...QUIET.facts, ...change.facts },
    logs: { ...QUIET.logs, ...change.logs },
    usual: { ...QUIET.usual, ...change.usual },
  };
}

/** A container that ended: it has no CPU, no memory and no processes. */
export function ended(facts: Readonly<Record<string, string>>, change: Scene = {}): Scene {
  const { top: _, ...quiet } = QUIET;
  return {
    ...quiet,
    ...change,
    facts: { ...QUIET.facts, status: 'exited', ...facts },
    stats: { running: 0, restart_count: 0, oom_events: 0, die_events: 1, ...change.stats },
  };
}

const UNITS: Readonly<Record<string, Unit>> = {
  cpu_cores: 'cores',
  cpu_limit_cores: 'cores',
  memory_used_bytes: 'bytes',
  memory_limit_bytes: 'bytes',
};

function factsOf({ role = 'node', usual = {}, ...seen }: Scene): Facts {
  const service: Service = {
    name: 'shop-api',
    role,
    source: 'discovered',
    targets: [],
    dependsOn: [],
    kpis: {},
    aliases: [],
    gaps: [],
  };
  return {
    subject: service,
    services: [service],
    evidence: evidenceOf(seen),
    usual: (_, metric) => usual[metric],
  };
}

function evidenceOf({
  stats,
  facts,
  logs,
  patterns = [],
  top,
  command = 'node server.js',
  free,
  unavailable,
}: Scene): readonly Evidence[] {
  const source = {
    target: 'container:shop-api-1',
    targetKind: 'container',
    service: 'shop-api',
    collectedAt: NOW,
    durationMs: 1,
  } as const;
  const collected = { ...source, status: 'collected' } as const;
  const evidence: Evidence[] = [];
  if (unavailable) {
    const message = unavailable === 'not_found' ? 'No such container: shop-api-1' : 'Docker does not answer.';
    return [{ ...source, status: 'unavailable', probe: 'docker.stats', reason: unavailable, message }];
  }
  if (stats)
    evidence.push({
      ...collected,
      probe: 'docker.stats',
      metrics: toMetrics(stats),
      ...(facts && { facts }),
    });
  if (free !== undefined) {
    const metrics = toMetrics({ memory_available_bytes: free });
    evidence.push({ ...collected, probe: 'host.memory', target: 'host:host', targetKind: 'host', metrics });
  }
  if (logs) {
    const columns = ['pattern', 'level', 'count', 'count_before', 'last_at', 'example'].map((name) => ({
      name,
      title: name,
    }));
    const rows = patterns.map(([pattern, level, count, before]) => [
      pattern,
      level,
      count,
      before,
      NOW,
      pattern,
    ]);
    evidence.push({
      ...collected,
      probe: 'docker.logs',
      metrics: toMetrics(logs),
      tables: [{ name: 'patterns', title: 'Patterns', columns, rows }],
    });
  }
  if (top !== undefined) {
    const columns = [{ name: 'command', title: 'Command' }];
    evidence.push({
      ...collected,
      probe: 'docker.top',
      metrics: toMetrics({ top_process_cpu_cores: top }),
      tables: [{ name: 'processes', title: 'Processes', columns, rows: [[command]] }],
    });
  }
  return evidence;
}

function toMetrics(numbers: Numbers) {
  return Object.entries(numbers).map(([name, value]) => ({
    name,
    value,
    unit: UNITS[name] ?? ('count' as const),
  }));
}

export function causesOf(rules: readonly DiagnosisRule[], seen: Scene): readonly Cause[] {
  const facts = factsOf(seen);
  const causes = rules
    .flatMap((rule) => rule.evaluate(facts))
    .flatMap((verdict) => (verdict.kind === 'cause' ? [verdict.cause] : []));
  expectGoodAdvice(causes);
  return causes.sort((a, b) => b.confidence - a.confidence);
}

export function verdictsOf(rule: DiagnosisRule, seen: Scene): readonly Verdict[] {
  return rule.evaluate(factsOf(seen));
}
