import { formatValue } from '../../unit.ts';
import { lines } from '../evidence-line.ts';
import { type HostView, hostRule, largestConsumer } from '../host-view.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'host.memory_pressure';
/** Less than 10 % available (awesome-prometheus-alerts). */
const USED = 0.9;
const SOME = 0.2;
const FULL = 0.05;

/** The machine runs short of memory, so that work waits for pages. */
export const hostMemoryPressureRule = hostRule({
  id: ID,
  probe: 'host.memory',
  judge(view, facts) {
    const used = view.value('memory_used_ratio');
    if (used === undefined) return undecidedVerdict(ID, `${view.service}: available memory was not measured`);
    const text = `memory of the machine ${formatValue(used, 'ratio')} used`;
    const stalls = stallsOf(view);
    if (used < USED) {
      return ruledOutVerdict(
        ID,
        stalls === 'yes' ? `${text}: what waits for memory is at the limit of its own container` : text,
      );
    }
    const consumer = largestConsumer(view, 'memory_bytes', facts);
    const who = consumer && (consumer.container ?? `process ${consumer.pid} (${consumer.command})`);
    return causeVerdict({
      id: ID,
      title: 'The machine runs short of memory',
      service: view.service,
      summary: `${text}${consumer ? `; ${who} holds ${formatValue(consumer.amount, 'bytes')}` : ''}.`,
      confidence: { yes: 0.9, 'not measured': 0.6, no: 0.45 }[stalls],
      evidence: lines(
        view.line('memory_used_ratio', text, USED),
        view.line('memory_pressure_full_ratio', 'share of time in which all work waited for memory', FULL),
        view.line('swap_used_ratio', 'swap in use'),
      ),
      against:
        stalls === 'no'
          ? lines(view.line('memory_pressure_some_ratio', 'nothing waits for memory yet', SOME))
          : [],
      advice: [
        {
          title: 'See who holds the memory',
          why: 'A container without a limit may take all of it; then the kernel kills whoever asks next.',
          effect: 'reads',
          command: 'docker stats --no-stream && ps -eo pid,rss,args --sort=-rss | head',
          source: 'https://docs.docker.com/engine/containers/resource_constraints/#memory',
        },
      ],
    });
  },
});

function stallsOf(view: HostView): 'yes' | 'no' | 'not measured' {
  const some = view.value('memory_pressure_some_ratio');
  const full = view.value('memory_pressure_full_ratio') ?? 0;
  if (some === undefined) return 'not measured';
  return some >= SOME || full >= FULL ? 'yes' : 'no';
}
