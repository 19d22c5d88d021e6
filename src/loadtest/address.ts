/** Only paths of the target itself: `//elsewhere` and the like stay below its address. */
export function addressOf(baseUrl: string, path: string): string {
  const url = new URL(baseUrl);
  const [pathname = '/', query] = path.split('?', 2);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${pathname.replace(/^\/+/, '')}`;
  url.search = query ?? '';
  return url.href;
}
