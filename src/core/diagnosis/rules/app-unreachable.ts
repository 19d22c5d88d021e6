import type { CauseAdvice } from '../cause.ts';
import { containerViews } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView } from '../http-view.ts';
import { shellWord } from '../quote.ts';

const TIMEOUT = 'TIMEOUT';
const UNKNOWN_NAME = 'ENOTFOUND';

/** Nothing answers at the address of the service: refused, no way there, no such name, no valid certificate. */
export const appUnreachableRule = httpRule({
  id: 'app.unreachable',
  judge(view, facts): HttpVerdict | undefined {
    const availability = view.value('availability');
    if (availability === undefined) return undefined;
    const code = view.fact('failure_code');
    if (availability > 0 || code === undefined) return { clear: 'it answers' };
    const reason = view.fact('failure') ?? code;
    const { confidence, where } = explain(view, facts, code);
    return {
      found: {
        title: 'The service does not answer',
        summary: `${view.service.name} does not answer (${reason})${where}.`,
        confidence,
        evidence: lines(view.line('availability', `every request failed: ${reason}`, 1)),
        against: [],
        advice: [adviceFor(view, code)],
      },
    };
  },
});

/** A container that is down has its own, better named cause; then this is only what people see of it. */
function explain(
  { service }: HttpView,
  facts: Facts,
  code: string,
): { readonly confidence: number; readonly where: string } {
  if (code.includes(TIMEOUT)) return { confidence: 0.4, where: ': it accepts connections and stays silent' };
  const container = containerViews(facts).find((candidate) => candidate.service === service.name);
  const running = container?.value('stats', 'running');
  if (running === 0) return { confidence: 0.5, where: ', because its container is not running' };
  const restarts = container?.value('stats', 'restart_count') ?? 0;
  if (running === 1 && restarts > 0) return { confidence: 0.5, where: '; its container restarts' };
  if (running === 1)
    return { confidence: 0.85, where: ', although its container runs: nothing listens there' };
  return { confidence: 0.8, where: '' };
}

function adviceFor({ service }: HttpView, code: string): CauseAdvice {
  const http = service.targets.find((target) => target.kind === 'http');
  const url = http?.baseUrl ?? '<url>';
  if (code.includes(UNKNOWN_NAME) && URL.canParse(url)) {
    return {
      title: 'Correct the name or the name server',
      why: 'The name of the service does not resolve on this machine.',
      effect: 'reads',
      command: `getent hosts ${shellWord(new URL(url).hostname)}`,
      source: 'https://man7.org/linux/man-pages/man1/getent.1.html',
    };
  }
  const container = service.targets.find((target) => target.kind === 'container');
  const name =
    container !== undefined && 'name' in container.container ? container.container.name : undefined;
  return {
    title: 'See why nothing listens',
    why: 'The last lines of the log tell whether it is still starting, failed to bind, or listens on another address.',
    effect: 'reads',
    command:
      name === undefined
        ? `curl -v ${url.startsWith('<') ? url : shellWord(url)}`
        : `docker logs --tail 50 ${shellWord(name)}`,
    source: 'https://docs.docker.com/reference/cli/docker/container/logs/',
  };
}
