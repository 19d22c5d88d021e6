import { describe, expect, it } from 'vitest';
import type { Cause, Verdict } from '../../../src/core/diagnosis/cause.ts';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import type { Facts } from '../../../src/core/diagnosis/facts.ts';
import type { DiagnosisRule } from '../../../src/core/diagnosis/rule.ts';
import type { Service } from '../../../src/core/inventory/service.ts';

function service(name: string, dependsOn: readonly string[] = []): Service {
  return {
    name,
    role: 'node',
    source: 'configured',
    targets: [],
    dependsOn,
    kpis: {},
    aliases: [],
    gaps: [],
  };
}

const api = service('api', ['db']);
const facts: Facts = {
  subject: api,
  services: [api, service('db'), service('other')],
  evidence: [],
  usual: () => undefined,
};

function cause(id: string, at: string, confidence: number): Verdict {
  const named: Cause = {
    id,
    title: id,
    service: at,
    summary: id,
    confidence,
    evidence: [],
    against: [],
    advice: [],
  };
  return { kind: 'cause', cause: named };
}

function rule(...verdicts: readonly Verdict[]): DiagnosisRule {
  return { ids: [], evaluate: () => verdicts };
}

describe('diagnose', () => {
  it('ranks by confidence, and a stranger below what the service depends on', () => {
    const { causes } = diagnose(
      [rule(cause('a', 'other', 0.9)), rule(cause('b', 'db', 0.85), cause('c', 'api', 0.95))],
      facts,
    );
    expect(causes.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('breaks ties the same way every time', () => {
    const tie = [rule(cause('b', 'api', 0.8)), rule(cause('a', 'api', 0.8))];
    expect(diagnose(tie, facts).causes).toEqual(diagnose([...tie].reverse(), facts).causes);
  });

  it('does not tell a faint suspicion', () => {
    expect(diagnose([rule(cause('a', 'api', 0.29))], facts).causes).toEqual([]);
  });

  it('leaves out what cannot explain the trouble', () => {
    const found = [
      rule(cause('container.stopped', 'api', 0.95), cause('container.cpu_throttled', 'api', 0.5)),
    ];
    expect(diagnose(found, facts, ['container.cpu_*']).causes.map(({ id }) => id)).toEqual([
      'container.cpu_throttled',
    ]);
    expect(diagnose(found, facts, ['container.stopped']).causes.map(({ id }) => id)).toEqual([
      'container.stopped',
    ]);
  });

  it('rules nothing out that it names, and says each reason once', () => {
    const out = (id: string): Verdict => ({ kind: 'ruled_out', ruledOut: { id, reason: 'measured' } });
    const result = diagnose([rule(cause('a', 'api', 0.9), out('a'), out('b'), out('b'))], facts);
    expect(result.ruledOut).toEqual([{ id: 'b', reason: 'measured' }]);
  });
});
