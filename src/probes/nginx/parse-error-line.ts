import { maskPath } from '../../core/logs/mask-path.ts';
import type { HeldRequest, UpstreamError } from './access-entry.ts';

const ERROR_LINE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(?:warn|error|crit|alert)\] \d+#\d+: /;
const UPSTREAM = /, upstream: "(?:[a-z]+:\/\/)?([^/"]{1,200})/;
/** https://nginx.org/en/docs/http/ngx_http_limit_req_module.html; a dry run holds nothing back. */
const HELD =
  /^\d{4}\/[^[]{0,20}\[\w+\] \d+#\d+: (?:\*\d+ )?(delaying request|limiting requests|limiting connections)\b/;
const REQUEST = /, request: "([A-Z]{1,20}) ([^" ]{1,2000})/;
const NO_CONNECTIONS = /^\d{4}\/[^[]{0,20}\[\w+\] \d+#\d+: (?:\*\d+ )?\d+ worker_connections are not enough/;

/** Reads a line of an error log about an upstream server; undefined for any other line. */
export function parseErrorLine(at: number, line: string): UpstreamError | undefined {
  if (!ERROR_LINE.test(line)) return undefined;
  const address = UPSTREAM.exec(line)?.[1];
  const kind = kindOf(line);
  if (address === undefined || kind === undefined) return undefined;
  const reason = /\(\d{1,4}: ([^)]{1,80})\)/.exec(line)?.[1] ?? words(kind);
  return { at, address, kind, reason };
}

/** True for the complaint of nginx that its connections are used up. */
export function saysConnectionsAreUsedUp(line: string): boolean {
  return NO_CONNECTIONS.test(line);
}

/** Reads a line of an error log about a request that a limit of nginx held back; undefined for any other line. */
export function parseHeldLine(line: string): HeldRequest | undefined {
  const what = HELD.exec(line)?.[1];
  if (what === undefined) return undefined;
  const [, method, target = ''] = REQUEST.exec(line) ?? [];
  return {
    kind: what.startsWith('delaying') ? 'delayed' : 'refused',
    route: method === undefined ? '' : `${method} ${maskPath(target)}`,
  };
}

function kindOf(line: string): UpstreamError['kind'] | undefined {
  if (line.includes('while connecting to upstream') || line.includes('no live upstreams'))
    return 'unconnected';
  if (line.includes('upstream timed out')) return 'timed_out';
  return /upstream prematurely closed|(?:recv|send|readv|writev)\(\) failed/.test(line)
    ? 'closed'
    : undefined;
}

function words(kind: UpstreamError['kind']): string {
  if (kind === 'unconnected') return 'no live upstreams';
  return kind === 'timed_out' ? 'timed out' : 'closed by the upstream';
}
