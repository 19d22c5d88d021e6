import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { lines } from '../evidence-line.ts';
import { rowsOf } from '../facts.ts';
import { unkeptDirectory } from '../hashed-files.ts';
import { type PageView, pageRule } from '../page-rule.ts';

/** Less than this is not worth a change of the server. */
const WORTH_BYTES = 50_000;
const MUCH_BYTES = 500_000;
/** With fewer resources one connection after the other does no harm. */
const MANY_RESOURCES = 8;

/** Text goes over the line as it is. */
export const frontendUncompressedRule = pageRule({
  id: 'frontend.uncompressed',
  judge(view) {
    const saved = view.value('compressible_bytes');
    const all = view.value('transfer_bytes');
    if (saved === undefined || all === undefined) return undefined;
    if (saved < WORTH_BYTES) return { clear: 'its page, scripts and styles come compressed' };
    const text = `gzip would spare ${formatValue(saved, 'bytes')} of ${formatValue(all, 'bytes')}`;
    return {
      found: {
        title: 'Answers are not compressed',
        summary: `${view.service}: the page ${view.path} comes without compression; ${text}.`,
        confidence: saved >= MUCH_BYTES ? 0.85 : 0.6,
        evidence: lines(
          view.line('compressible_bytes', text, WORTH_BYTES),
          view.line('transfer_bytes', 'page, scripts and styles on the line'),
          view.auditLine('lcp_ms', 'largest paint in the simulated browser', 4000),
        ),
        against: [],
        advice: [
          {
            title: 'Compress text in the proxy in front of the service',
            why: 'Script, style and HTML shrink to a quarter or less, for little CPU.',
            effect: 'changes',
            command:
              'gzip on; gzip_proxied any; gzip_comp_level 5; gzip_min_length 1400; gzip_types text/css application/javascript application/json image/svg+xml;',
            risk: 'A little CPU in the proxy. Do not compress pages that mirror input beside a secret (BREACH).',
            undo: 'gzip off; and nginx -s reload',
            source: 'https://nginx.org/en/docs/http/ngx_http_gzip_module.html',
          },
        ],
      },
    };
  },
});

/** Browsers load the same files again with every visit. */
export const frontendNotCachedRule = pageRule({
  id: 'frontend.not_cached',
  judge(view) {
    const bytes = view.value('unkept_bytes');
    const count = view.value('unkept_resources');
    if (bytes === undefined || count === undefined) return undefined;
    if (bytes < WORTH_BYTES) return { clear: 'browsers keep its scripts and styles for a day or longer' };
    const text = `${count === 1 ? 'one script or style sheet' : `${count} scripts and style sheets`} (${formatValue(bytes, 'bytes')}) that browsers do not keep for a day`;
    return {
      found: {
        title: 'Static files are loaded again with every visit',
        summary: `${view.service}: the page ${view.path} has ${text}.`,
        confidence: 0.45,
        evidence: lines(view.line('unkept_bytes', text, WORTH_BYTES)),
        against: [],
        advice: [longLifetime(view)],
      },
    };
  },
});

function longLifetime({ page }: PageView): CauseAdvice {
  const directory = unkeptDirectory(rowsOf(page, 'resources'));
  const base = {
    title: 'Send a long lifetime with files whose name changes with their content',
    why: 'Who comes back loads only the page itself.',
    risk: 'Only for names with a hash of the content: a file that changes under its name stays old in browsers for a year.',
    source: 'https://web.dev/articles/http-cache',
  };
  if (directory === undefined)
    return {
      ...base,
      why: `${base.why} No directory of this page holds such files alone: let the build put a hash into the names first.`,
    };
  return {
    ...base,
    effect: 'changes',
    command: `location ${directory} { proxy_pass http://<upstream>; proxy_hide_header Cache-Control; add_header Cache-Control "public, max-age=31536000, immutable"; }`,
    undo: 'Remove the location and reload; browsers keep what they have until it expires.',
  };
}

/** Many files over HTTP/1.1, where a browser has six connections. */
export const frontendHttp1Rule = pageRule({
  id: 'frontend.http1',
  judge(view) {
    const protocol = view.page.facts?.protocol;
    const count = view.value('own_resources');
    if (protocol === undefined || count === undefined) return undefined;
    if (protocol !== 'http/1.1') return { clear: `it speaks ${protocol}` };
    if (count < MANY_RESOURCES) return { clear: `it speaks HTTP/1.1, for ${count} files` };
    const text = `${count} files over HTTP/1.1, six at a time`;
    return {
      found: {
        title: 'Many files over HTTP/1.1',
        summary: `${view.service}: the page ${view.path} loads ${text}.`,
        confidence: 0.35,
        evidence: lines(view.line('own_resources', text, MANY_RESOURCES)),
        against: [],
        advice: [
          {
            title: 'Switch HTTP/2 on where TLS ends',
            why: 'All files come over one connection at once.',
            effect: 'changes',
            command: 'http2 on;',
            risk: 'nginx before 1.25.1 writes it as: listen 443 ssl http2; test with nginx -t before the reload.',
            undo: 'http2 off; and nginx -s reload',
            source: 'https://nginx.org/en/docs/http/ngx_http_v2_module.html',
          },
        ],
      },
    };
  },
});
