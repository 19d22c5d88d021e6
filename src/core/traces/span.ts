/** One operation of one service within a trace. Times in milliseconds; statements are without their values. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent: nothing called it. */
  readonly parentId?: string;
  readonly service: string;
  readonly operation: string;
  /** `client` waits for somebody else, `server` is asked by somebody else. */
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** Since the epoch, to the microsecond. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
  /** `db.statement`, normalised. */
  readonly statement?: string;
  /** True: a call to a database or cache. */
  readonly isDatabase: boolean;
  /** Whom a client span calls, as far as its attributes say. */
  readonly peer?: string;
  /** How traces were chosen, where the tracer says so: `probabilistic 0.1`. */
  readonly sampling?: string;
}

/** The spans of one request, through all services. */
export interface Trace {
  readonly id: string;
  readonly spans: readonly Span[];
}

/** Groups spans of any order into traces, in the order in which each is met first. */
export function toTraces(spans: readonly Span[]): readonly Trace[] {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const known = traces.get(span.traceId);
    if (known) known.push(span);
    else traces.set(span.traceId, [span]);
  }
  return [...traces].map(([id, own]) => ({ id, spans: own }));
}
