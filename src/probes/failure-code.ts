/** Nothing listens there, or there is no way to it. */
const NOT_THERE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
]);

/** The code of a failed call (`ECONNREFUSED`), of the first address where several were tried; empty when there is none. */
export function failureCodeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return failureCodeOf(error.errors[0]);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return '';
}

/** True when no connection came about at all, so that the address or the server itself is at fault. */
export function isNotThere(code: string): boolean {
  return NOT_THERE.has(code);
}
