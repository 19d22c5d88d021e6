import { maskPath } from '../../core/logs/mask-path.ts';
import type { AccessEntry, UpstreamTry } from './access-entry.ts';

/** The `combined` format, and whatever a longer format appends to it. */
const COMBINED = /^\S+ \S+ [^[]*\[[^\]]{10,40}\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(.*)$/;
/** `rt=0.120 uct="0.001" …`, as nginx and its vendors' guides append times. */
const APPENDED = /\b([a-z_]{2,30})=(?:"([^"]*)"|(\S+))/g;

/** Names of one value: that of nginx's variable, and those under which people write it. */
const NAMES = {
  status: ['status'],
  request: ['request'],
  method: ['request_method', 'method'],
  uri: ['request_uri', 'uri', 'path', 'url'],
  bytes: ['body_bytes_sent', 'bytes_sent', 'bytes'],
  requestTime: ['request_time', 'rt'],
  address: ['upstream_addr', 'ua'],
  connectTime: ['upstream_connect_time', 'uct'],
  headerTime: ['upstream_header_time', 'uht'],
  responseTime: ['upstream_response_time', 'urt', 'ut'],
} as const;
type Name = keyof typeof NAMES;
type Fields = Readonly<Record<string, unknown>>;

/** Reads a line of an access log, JSON or the combined format; undefined for any other line. */
export function parseAccessLine(at: number, line: string): AccessEntry | undefined {
  return line.startsWith('{') ? parseJson(at, line) : parseText(at, line);
}

function parseJson(at: number, line: string): AccessEntry | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return undefined;
  return toEntry(at, 'json', fields as Fields);
}

function parseText(at: number, line: string): AccessEntry | undefined {
  const [, request, status, bytes, rest = ''] = COMBINED.exec(line) ?? [];
  if (request === undefined) return undefined;
  const appended = [...rest.matchAll(APPENDED)].map(([, name = '', quoted, plain]) => [
    name,
    quoted ?? plain ?? '',
  ]);
  return toEntry(at, 'text', { ...Object.fromEntries(appended), request, status, bytes });
}

function toEntry(at: number, format: AccessEntry['format'], fields: Fields): AccessEntry | undefined {
  const status = numberOf(textOf(fields, 'status'));
  const request = textOf(fields, 'request') ?? joined(textOf(fields, 'method'), textOf(fields, 'uri'));
  if (status === undefined || status < 100 || status > 599 || request === undefined) return undefined;
  const [, method, target] = /^([A-Z]{1,20}) (\S+)/.exec(request) ?? [];
  const bytes = numberOf(textOf(fields, 'bytes'));
  const requestMs = millisecondsOf(textOf(fields, 'requestTime'));
  return {
    at,
    format,
    status,
    path: target?.replace(/[?#].*$/s, '') ?? '',
    route: method && target ? `${method} ${maskPath(target)}` : '(no valid request)',
    ...(bytes !== undefined && { bytes }),
    ...(requestMs !== undefined && { requestMs }),
    upstreams: toTries(fields),
  };
}

function joined(method: string | undefined, uri: string | undefined): string | undefined {
  return method === undefined || uri === undefined ? undefined : `${method} ${uri}`;
}

/** Several servers stand in one value, `a, b`, and after an internal redirect `a : b`. */
function toTries(fields: Fields): readonly UpstreamTry[] {
  const list = (name: Name) => (textOf(fields, name) ?? '').split(/, | : /).map((part) => part.trim());
  const [connects, headers, responses] = [list('connectTime'), list('headerTime'), list('responseTime')];
  return list('address').flatMap((address, index) => {
    if (address === '' || address === '-') return [];
    const connectMs = millisecondsOf(connects[index]);
    const headerMs = millisecondsOf(headers[index]);
    const responseMs = millisecondsOf(responses[index]);
    return [
      {
        address,
        ...(connectMs !== undefined && { connectMs }),
        ...(headerMs !== undefined && { headerMs }),
        ...(responseMs !== undefined && { responseMs }),
      },
    ];
  });
}

function textOf(fields: Fields, name: Name): string | undefined {
  const value = NAMES[name].map((key) => fields[key]).find((found) => found !== undefined);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** nginx writes `-` or nothing for what there is not. */
function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** nginx writes seconds with three decimals. */
function millisecondsOf(text: string | undefined): number | undefined {
  const seconds = numberOf(text);
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
