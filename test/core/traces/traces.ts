import type { Span, Trace } from '../../../src/core/traces/span.ts';

type Given = Partial<Span> & { readonly id: string; readonly at: number; readonly took: number };

/** A span of the service `api`; `at` and `took` in milliseconds since the start of the trace. */
export function span({ id, at, took, ...more }: Given): Span {
  return {
    traceId: 't1',
    spanId: id,
    service: 'api',
    operation: id,
    kind: 'internal',
    startMs: 1_000_000 + at,
    durationMs: took,
    isError: false,
    isDatabase: false,
    ...more,
  };
}

export function trace(...spans: readonly Span[]): Trace {
  return { id: 't1', spans };
}
