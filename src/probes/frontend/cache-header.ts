/** A day: with less, somebody who comes back tomorrow loads everything again. */
const LONG_ENOUGH_S = 86_400;

/** True when a browser keeps an answer with this `Cache-Control` for a day or longer without asking again. */
export function isKeptByBrowsers(header: string | undefined): boolean {
  if (header === undefined) return false;
  const directives = header
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  if (directives.includes('no-store') || directives.includes('no-cache')) return false;
  const age = directives.find((directive) => directive.startsWith('max-age='))?.slice('max-age='.length);
  return age !== undefined && Number(age) >= LONG_ENOUGH_S;
}
