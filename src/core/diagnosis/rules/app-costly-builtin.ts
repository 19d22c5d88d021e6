import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { loopUtilisation, starvedBy, throttledShare, utilisationLine } from '../event-loop.ts';
import { lines } from '../evidence-line.ts';
import { codeLine, functionText, HOT_SHARE, type Nature, natureOf, profileLine } from '../hot-function.ts';
import { type NodeVerdict, nodeRule } from '../node-rule.ts';
import type { NamedFunction } from '../node-view.ts';
import type { DiagnosisRule } from '../rule.ts';

/** Below this the work is no burden, whatever part of it one function has. */
const LEAST_BUSY = 0.5;
const DOMINANT_SHARE = 0.5;

interface Builtin {
  readonly id: string;
  readonly nature: Nature;
  readonly title: string;
  /** What the function spends its time on, for a sentence. */
  readonly work: string;
  advice(hot: NamedFunction): CauseAdvice;
}

/** Large texts become objects and back: V8 does that in one go, and leaves much garbage. */
export const appLargeJsonRule = builtinRule({
  id: 'app.large_json',
  nature: 'json',
  title: 'Large JSON in the event loop',
  work: 'turning JSON into objects or back',
  advice: (hot) => ({
    title: `Handle less JSON in ${functionText(hot)}`,
    why: 'JSON.parse and JSON.stringify cannot be interrupted: send fewer fields and pages instead of everything, keep the text that was made once, or stream it.',
    source:
      'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop#blocking-the-event-loop-json-dos',
  }),
});

/** Hashing of passwords and the like is slow on purpose, and stands in the way when it runs in the event loop. */
export const appSyncCryptoRule = builtinRule({
  id: 'app.sync_crypto',
  nature: 'crypto',
  title: 'Cryptography in the event loop',
  work: 'cryptography',
  advice: (hot) => ({
    title: `Use the asynchronous form in ${functionText(hot)}`,
    why: `${hot.mostlyIn === '' ? 'The calls that end in Sync' : hot.mostlyIn} run in the event loop; the form with a callback or a promise runs in the thread pool (four at a time, UV_THREADPOOL_SIZE) while requests go on.`,
    source: 'https://nodejs.org/api/crypto.html#cryptopbkdf2password-salt-iterations-keylen-digest-callback',
  }),
});

function builtinRule({ id, nature, title, work, advice }: Builtin): DiagnosisRule {
  return nodeRule({
    id,
    needs: ['cpu'],
    judge(view, facts): NodeVerdict | undefined {
      const { hottest, service } = view;
      if (hottest === undefined || natureOf(hottest) !== nature || hottest.share < HOT_SHARE) {
        return { clear: `its CPU does not go into ${work}` };
      }
      const utilisation = loopUtilisation(view);
      if (utilisation === undefined) return { unclear: 'how busy its event loop is was not measured' };
      const share = formatValue(hottest.share, 'ratio');
      const throttled = throttledShare(view);
      if (throttled !== undefined) {
        return { clear: `the CPU quota stops it in ${formatValue(throttled, 'ratio')} of the periods` };
      }
      if (utilisation < LEAST_BUSY) {
        return {
          clear: `${functionText(hottest)} takes ${share} of its CPU time, but its event loop is busy ${formatValue(utilisation, 'ratio')} of the time only`,
        };
      }
      const starved = starvedBy(view, facts);
      return {
        found: {
          title,
          summary: `${functionText(hottest)} takes ${share} of the CPU time of ${service} with ${work}; meanwhile every other request waits.`,
          confidence: starved ? 0.5 : hottest.share >= DOMINANT_SHARE ? 0.95 : 0.85,
          evidence: lines(
            profileLine(view, hottest),
            codeLine(view, hottest),
            utilisationLine(view, 'busy share of its event loop', LEAST_BUSY),
            view.line('cpu', 'gc_share', 'of its CPU time goes into garbage collection'),
          ),
          against: lines(starved),
          advice: [advice(hottest)],
        },
      };
    },
  });
}
