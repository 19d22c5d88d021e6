import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { containerViews } from '../container-view.ts';
import { changeCpuLimit } from '../cpu-limit.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { type Consumer, type HostView, hostRule, largestConsumer } from '../host-view.ts';
import { shellWord } from '../quote.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'host.cpu_saturation';
const BUSY = 0.9;
/** Share of time in which a task waited for a CPU. */
const WAITING = 0.3;
/** Where the kernel has no pressure: queue per CPU (awesome-prometheus-alerts). */
const LOAD_PER_CPU = 2;
const STOLEN = 0.1;
/** Share of all CPUs from which one consumer is the reason; below, many share them. */
const DOMINANT = 0.4;

/** All CPUs of the machine are busy and work waits for them; names who uses them. */
export const hostCpuSaturationRule = hostRule({
  id: ID,
  probe: 'host.load',
  judge(view, facts) {
    const busy = view.value('cpu_busy_ratio');
    if (busy === undefined) return undecidedVerdict(ID, `${view.service}: CPU use was not measured`);
    const text = `CPUs of the machine ${formatValue(busy, 'ratio')} busy`;
    if (busy < BUSY) return ruledOutVerdict(ID, text);
    const waiting = waitingOf(view);
    if (waiting === 'no') return ruledOutVerdict(ID, `${text}, but hardly anything waits for them`);
    const consumer = largestConsumer(view, 'cpu_cores', facts);
    return causeVerdict({
      id: ID,
      title: 'The machine has no CPU left',
      service: view.service,
      summary: `${text}${consumer ? `; ${usersText(view, consumer)}` : ''}.`,
      confidence: confidenceOf({ view, waiting, consumer, facts }),
      evidence: lines(
        view.line('cpu_busy_ratio', text, BUSY),
        view.line('cpu_pressure_ratio', 'share of time in which work waited for a CPU', WAITING),
        view.line('load1_per_cpu', 'processes that run or wait, per CPU', LOAD_PER_CPU),
        (view.value('steal_ratio') ?? 0) >= STOLEN
          ? view.line('steal_ratio', 'other machines of the same host take CPU', STOLEN)
          : undefined,
      ),
      advice: consumer && isDominant(view, consumer) ? adviceFor(facts, consumer) : [LOOK_AT_ALL],
    });
  },
});

function waitingOf(view: HostView): 'yes' | 'no' | 'not measured' {
  const pressure = view.value('cpu_pressure_ratio');
  if (pressure !== undefined) return pressure >= WAITING ? 'yes' : 'no';
  const load = view.value('load1_per_cpu');
  return load !== undefined && load >= LOAD_PER_CPU ? 'yes' : 'not measured';
}

/** When the asked-about service itself takes the CPU, that is the better name for it. */
function confidenceOf(of: {
  readonly view: HostView;
  readonly waiting: 'yes' | 'not measured';
  readonly consumer: Consumer | undefined;
  readonly facts: Facts;
}): number {
  const { view, waiting, consumer, facts } = of;
  if (waiting === 'not measured') return 0.5;
  if (facts.subject !== undefined && consumer?.service === facts.subject.name) return 0.6;
  return consumer && isDominant(view, consumer) ? 0.95 : 0.8;
}

function isDominant(view: HostView, { amount }: Consumer): boolean {
  return amount / (view.value('cpus') ?? 1) >= DOMINANT;
}

function usersText(view: HostView, consumer: Consumer): string {
  const used = formatValue(consumer.amount, 'cores');
  return isDominant(view, consumer)
    ? `${describe(consumer)} ${consumer.container === undefined && consumer.processes > 1 ? 'use' : 'uses'} ${used}`
    : `many processes share them, most of all ${describe(consumer)} with ${used}`;
}

function describe({ container, pid, command, processes }: Consumer): string {
  if (container !== undefined) return `container ${container} (${command})`;
  return processes > 1 ? `${processes} processes like ${pid} (${command})` : `process ${pid} (${command})`;
}

/** Where many share the CPUs nobody is to blame by the numbers, and a limit for one of them frees little. */
const LOOK_AT_ALL: CauseAdvice = {
  title: 'See which processes share the CPUs',
  why: 'None of them uses much by itself: fewer of them at once, or more CPUs, is what helps.',
  effect: 'reads',
  command: 'ps -eo pid,ppid,user,pcpu,etime,args --sort=-pcpu | head -n 20',
  source: 'https://man7.org/linux/man-pages/man1/ps.1.html',
};

function adviceFor(facts: Facts, consumer: Consumer): readonly CauseAdvice[] {
  const { container, pid } = consumer;
  if (container === undefined) {
    return [
      {
        title: 'See what the busiest process is for',
        why: 'It runs outside of any container, so no limit of Docker holds it.',
        effect: 'reads',
        command: `ps -o pid,ppid,user,lstart,args -p ${shellWord(pid)}`,
        source: 'https://man7.org/linux/man-pages/man1/ps.1.html',
      },
    ];
  }
  return [limitContainer(container, facts)];
}

function limitContainer(container: string, facts: Facts): CauseAdvice {
  const word = shellWord(container);
  const view = containerViews(facts).find((candidate) => candidate.container === word);
  const limit = view?.value('stats', 'cpu_limit_cores');
  const base = {
    title: `Limit the CPU of ${container}`,
    why: 'The others get their share back at once, without a restart.',
    source: 'https://docs.docker.com/engine/containers/resource_constraints/#cpu',
  };
  if (view === undefined || limit === undefined)
    return {
      ...base,
      why: `${base.why} Its present limit was not read: look at it first, for the way back.`,
      effect: 'reads',
      command: `docker inspect --format '{{.HostConfig.NanoCpus}} {{.HostConfig.CpuQuota}} {{.HostConfig.CpuPeriod}} {{.HostConfig.CpusetCpus}}' ${word}`,
    };
  return {
    ...base,
    effect: 'changes',
    ...changeCpuLimit(view, limit, limit / 2),
    risk: 'It becomes slower itself: its quota is enforced by stopping it for parts of every 100 ms.',
  };
}
