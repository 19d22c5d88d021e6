/** Where a request goes: the path without empty segments at its start, and the query. */
export interface RequestTarget {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query as a request line of the usual form would have them. */
  readonly url: string;
}

/**
 * Reads the target of a request line: `/path?query`, also in absolute form (`http://host/path`). Undefined when it is
 * neither, or when a percent sign in the path begins no character.
 */
export function parseRequestTarget(target: string | undefined): RequestTarget | undefined {
  if (target === undefined) return undefined;
  const relative = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const [, rawPath = '', search = ''] = /^([^?#]*)(\?[^#]*)?/.exec(relative) ?? [];
  const path = rawPath === '' && relative !== target ? '/' : rawPath.replace(/^\/{2,}/, '/');
  if (!path.startsWith('/') || !isDecodable(path)) return undefined;
  return { path, query: new URLSearchParams(search), url: `${path}${search}` };
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}
