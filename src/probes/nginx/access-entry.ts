/** One upstream server that nginx asked for a request; there are several when the first did not do. */
export interface UpstreamTry {
  /** `10.0.0.5:3000`, `unix:/run/api.sock`, or the name of the upstream block when none of its servers is usable. */
  readonly address: string;
  /** Absent: no connection came about. */
  readonly connectMs?: number;
  readonly headerMs?: number;
  readonly responseMs?: number;
}

/** One line of an access log. Times in milliseconds; what the log_format does not write is absent. */
export interface AccessEntry {
  /** When the request ended, milliseconds since the epoch. */
  readonly at: number;
  /** Path without its query. */
  readonly path: string;
  /** Method and path with ids masked. */
  readonly route: string;
  readonly status: number;
  readonly bytes?: number;
  readonly requestMs?: number;
  readonly upstreams: readonly UpstreamTry[];
  readonly format: 'json' | 'text';
}

/** Why nginx could not use an upstream server, from its error log. */
export interface UpstreamError {
  readonly at: number;
  readonly address: string;
  readonly kind: 'unconnected' | 'timed_out' | 'closed';
  /** `Connection refused`, `No route to host`, … */
  readonly reason: string;
}

/** A request that nginx itself held back (limit_req) or turned away (limit_req, limit_conn), from its error log. */
export interface HeldRequest {
  readonly kind: 'delayed' | 'refused';
  /** Method and path with ids masked; empty where the line does not say. */
  readonly route: string;
}

/** Time that the upstream servers took together; undefined when nginx asked none, or the log does not say. */
export function upstreamMsOf({ upstreams }: AccessEntry): number | undefined {
  const times = upstreams.flatMap(({ responseMs }) => responseMs ?? []);
  return times.length === 0 ? undefined : times.reduce((sum, time) => sum + time, 0);
}

/** True when no connection to any upstream server came about. */
export function isUnconnected({ upstreams }: AccessEntry): boolean {
  return upstreams.length > 0 && upstreams.every(({ connectMs }) => connectMs === undefined);
}
