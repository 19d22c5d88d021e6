import { formatValue } from '../../unit.ts';
import { lines } from '../evidence-line.ts';
import { rowsOf } from '../facts.ts';
import { type PageView, pageRule } from '../page-rule.ts';

/** Scripts of one page, compressed: more is slow on a phone, twice as much is slow anywhere. */
const LARGE_BYTES = 250_000;
const HUGE_BYTES = 500_000;
/** Web Vitals: a largest paint later than this is poor. */
const POOR_LCP_MS = 4000;

/** The page loads more script than a phone can take in. */
export const frontendBundleRule = pageRule({
  id: 'frontend.bundle',
  judge(view) {
    const bytes = view.value('script_gzip_bytes');
    if (bytes === undefined) return undefined;
    const text = `scripts of ${view.path} are ${formatValue(bytes, 'bytes')} compressed`;
    if (bytes < LARGE_BYTES) return { clear: text };
    const largest = largestOf(view);
    return {
      found: {
        title: 'The page loads too much script',
        summary: `${view.service}: ${text}${largest === undefined ? '' : `, most of it ${largest}`}.`,
        confidence: bytes >= HUGE_BYTES ? 0.8 : 0.5,
        evidence: lines(
          view.line('script_gzip_bytes', text, LARGE_BYTES),
          view.line('blocking_bytes', 'bytes that block the first paint'),
          view.auditLine('lcp_ms', 'largest paint in the simulated browser', POOR_LCP_MS),
          view.auditLine('tbt_ms', 'time that scripts block the page', 200),
        ),
        against: [],
        advice: [
          {
            title: 'See what the bundle is made of',
            why: 'A library that one page needs often ends up in what every page loads. ANALYZE does something only where next.config wraps its configuration in @next/bundle-analyzer: add that first.',
            effect: 'changes',
            command: 'ANALYZE=true npx next build',
            risk: 'Build in CI or on a developer machine: a build under a running server breaks its pages.',
            undo: 'Nothing is changed.',
            source: 'https://nextjs.org/docs/app/guides/package-bundling',
          },
          {
            title: 'Load what is not seen at first only when it is needed',
            why: 'The largest parts of a bundle are seldom needed for the first paint.',
            source: 'https://nextjs.org/docs/app/guides/lazy-loading',
          },
        ],
      },
    };
  },
});

function largestOf({ page }: PageView): string | undefined {
  const [first] = rowsOf(page, 'resources').filter(({ path }) => /\.m?js$/.test(String(path)));
  return first === undefined
    ? undefined
    : `${String(first.path)} (${formatValue(Number(first.transfer_bytes), 'bytes')} on the line)`;
}
