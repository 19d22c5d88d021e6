import { z } from 'zod';

/** Where perfbot finds the counters and the access log of an nginx. */
export const NginxDefinition = z.strictObject({
  status: z
    .string()
    .regex(/^(?:\/(?![/\\])|https?:\/\/)[^\s\\#@]+$/, {
      message: 'write the path of stub_status below the url (/nginx_status), or its full address',
    })
    .optional(),
  log: z.enum(['container', 'none']).optional(),
});
export type NginxDefinition = z.infer<typeof NginxDefinition>;

interface NginxService {
  readonly nginx?: NginxDefinition | undefined;
  readonly url?: string | undefined;
  readonly container?: unknown;
}

/** What is wrong with `nginx` beside the other fields of its service. */
export function nginxProblems({
  nginx,
  url,
  container,
}: NginxService): readonly { readonly path: string[]; readonly message: string }[] {
  if (nginx === undefined) return [];
  const { status, log } = nginx;
  const problems: { path: string[]; message: string }[] = [];
  if (status?.startsWith('/') && url === undefined)
    problems.push({ path: ['nginx', 'status'], message: 'a path needs a url; or write the full address' });
  if (status?.startsWith('http') && !isOnHostOf(status, url))
    problems.push({ path: ['nginx', 'status'], message: 'the status page must be on the host of the url' });
  if (log === 'container' && container === undefined)
    problems.push({ path: ['nginx', 'log'], message: 'log: container needs a container' });
  if (status === undefined && log === undefined && container === undefined)
    problems.push({ path: ['nginx'], message: 'nginx needs a status page, or a container for its log' });
  return problems;
}

/** The address of the status page, or undefined when there is none. */
export function toStatusUrl(status: string | undefined, url: string | undefined): string | undefined {
  if (status === undefined || !status.startsWith('/')) return status;
  return url === undefined ? undefined : `${url.replace(/\/+$/, '')}${status}`;
}

function isOnHostOf(status: string, url: string | undefined): boolean {
  if (!URL.canParse(status)) return false;
  return url === undefined || !URL.canParse(url) || new URL(status).hostname === new URL(url).hostname;
}
