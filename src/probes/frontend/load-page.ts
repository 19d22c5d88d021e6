import pLimit from 'p-limit';
import { Agent } from 'undici';
import { ProbeError } from '../../core/errors.ts';
import { type FetchOptions, fetchResource, type Resource } from './fetch-resource.ts';
import { findPageLinks, type PageLink } from './page-links.ts';

const PAGE_READINGS = 3;
const MOST_REDIRECTS = 3;
const MOST_ASSETS = 60;
const AT_ONCE = 4;

/** One script or style sheet of the page. */
export interface LoadedAsset {
  readonly link: PageLink;
  /** Undefined: it could not be fetched. */
  readonly resource: Resource | undefined;
}

/** A page and what it loads from its own origin. */
export interface LoadedPage {
  readonly url: URL;
  readonly page: Resource;
  /** Time to first byte of each reading of the page, in milliseconds. */
  readonly ttfbMs: readonly number[];
  readonly assets: readonly LoadedAsset[];
  /** Scripts and styles of other origins; perfbot does not fetch them. */
  readonly foreign: readonly PageLink[];
  /** Assets beyond the most that are fetched. */
  readonly omitted: number;
}

/** Loads a page three times and each of its scripts and style sheets once. @throws ProbeError when it is no HTML page. */
export async function loadPage(
  address: URL,
  { timeoutMs, signal }: Omit<FetchOptions, 'dispatcher'>,
): Promise<LoadedPage> {
  const dispatcher = new Agent({ connectTimeout: timeoutMs });
  const options = { dispatcher, timeoutMs, signal };
  try {
    const { url, page } = await readPage(address, options);
    const ttfbMs = [page.ttfbMs];
    while (ttfbMs.length < PAGE_READINGS) ttfbMs.push((await fetchResource(url, options)).ttfbMs);
    // Browsers of today leave legacy scripts out.
    const links = findPageLinks(page.text, url).filter(({ legacy }) => !legacy);
    const own = links.filter((link) => link.url.origin === url.origin);
    const parallel = pLimit(AT_ONCE);
    const assets = own
      .slice(0, MOST_ASSETS)
      .map((link) => parallel(async () => ({ link, resource: await fetchAsset(link.url, options) })));
    return {
      url,
      page,
      ttfbMs,
      assets: await Promise.all(assets),
      foreign: links.filter((link) => link.url.origin !== url.origin),
      omitted: Math.max(0, own.length - MOST_ASSETS),
    };
  } finally {
    await dispatcher.destroy();
  }
}

async function fetchAsset(url: URL, options: FetchOptions): Promise<Resource | undefined> {
  const resource = await fetchResource(url, options).catch(() => undefined);
  options.signal.throwIfAborted();
  return resource !== undefined && resource.status < 400 ? resource : undefined;
}

/** The page behind the address; redirects are followed within its origin. */
async function readPage(address: URL, options: FetchOptions): Promise<{ url: URL; page: Resource }> {
  let url = address;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const page = await fetchResource(url, options).catch((cause: unknown) => {
      options.signal.throwIfAborted();
      throw toUnreachable(cause);
    });
    const { location } = page.headers;
    if (page.status < 300 || page.status >= 400 || location === undefined)
      return { url, page: checkPage(page) };
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.origin !== address.origin) throw toElsewhere();
    url = next;
  }
  throw new ProbeError('invalid_response', 'too many redirects', {
    userMessage: 'The page redirects more than three times.',
    mend: 'name the page itself with the parameter path',
  });
}

function checkPage(page: Resource): Resource {
  if (page.status >= 400)
    throw new ProbeError('invalid_response', `status ${page.status}`, {
      userMessage: `The page answers with status ${page.status}.`,
    });
  if (!/^(text\/html|application\/xhtml)/i.test(page.headers['content-type'] ?? ''))
    throw new ProbeError('unsupported', 'not HTML', {
      userMessage: 'The service answers with something else than an HTML page.',
      mend: 'ask a service that serves pages, or name a page with the parameter path',
    });
  return page;
}

function toElsewhere(): ProbeError {
  return new ProbeError('unsupported', 'redirect to another origin', {
    userMessage: 'The page redirects to another origin, which the inventory does not name.',
    mend: 'set url of the service to the address that people use',
  });
}

function toUnreachable(cause: unknown): ProbeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
  return new ProbeError('unreachable', `page not loaded: ${code}`, {
    userMessage: `The page cannot be loaded (${code}).`,
    mend: 'check that the service runs and that url in services.yaml is right',
    cause,
  });
}
