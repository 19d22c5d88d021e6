import { formatValue } from '../../unit.ts';
import type { EvidenceLine } from '../cause.ts';
import { textIn } from '../cells.ts';
import { containerViews } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { type HostView, hostRule, largestConsumer } from '../host-view.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'host.disk_io';
const IO_PRESSURE = 0.2;
const DISK_BUSY = 0.8;
const SLOW_REQUEST_MS = 100;
/** Less than this keeps no disk busy. */
const MUCH_PER_SECOND = 1_000_000;
/** Work waits, and no disk shows why: many requests at once, or a file system that is elsewhere. */
const UNTOLD = 0.45;

/** The disks are busy and work waits for them. */
export const hostDiskIoRule = hostRule({
  id: ID,
  probe: 'host.disk',
  judge(view, facts) {
    const pressure = view.value('io_pressure_some_ratio');
    const util = view.value('disk_util_ratio');
    const awaitMs = view.value('disk_await_ms');
    if (util === undefined) return undecidedVerdict(ID, `${view.service}: disk requests were not measured`);
    const isBusy = util >= DISK_BUSY || (awaitMs ?? 0) >= SLOW_REQUEST_MS;
    const took = awaitMs === undefined ? '' : `, ${formatValue(awaitMs, 'ms')} a request`;
    const text = `busiest disk ${formatValue(util, 'ratio')} busy${took}`;
    if (pressure !== undefined && pressure < IO_PRESSURE)
      return ruledOutVerdict(ID, `${text}; work waits for it ${formatValue(pressure, 'ratio')} of the time`);
    // Pressure is what people feel: a disk that serves many requests at once is quick and not busy while work waits.
    if (pressure === undefined && !isBusy) return ruledOutVerdict(ID, text);
    const device = textIn(view.rows('devices')[0], 'device');
    const user = largestUser(view, facts) ?? largestWriter(facts);
    return causeVerdict({
      id: ID,
      title: 'The disk is the bottleneck',
      service: view.service,
      summary: `${pressure !== undefined && !isBusy ? `Work waits for disks ${formatValue(pressure, 'ratio')} of the time; disk` : 'Disk'} ${device} is ${formatValue(util, 'ratio')} busy${user ? `; ${user.text}` : ''}.`,
      confidence: isBusy ? ioConfidence(pressure, util) : UNTOLD,
      evidence: lines(
        view.line('io_pressure_some_ratio', 'share of time in which work waited for a disk', IO_PRESSURE),
        view.line('disk_util_ratio', text, DISK_BUSY),
        view.line('disk_await_ms', 'time that a request to the disk takes', SLOW_REQUEST_MS),
        user?.line,
      ),
      against: isBusy
        ? []
        : lines(view.line('disk_await_ms', 'no disk is busy, and requests are quick', SLOW_REQUEST_MS)),
      advice: [
        {
          title: 'See which process writes',
          why: 'The kernel counts bytes per process; the numbers of containers are often empty.',
          effect: 'reads',
          command: 'pidstat -d 2 5',
          source: 'https://www.kernel.org/doc/html/latest/accounting/psi.html',
        },
      ],
    });
  },
});

/** Only pressure tells that somebody waits: one busy disk of an array may have room left. */
function ioConfidence(pressure: number | undefined, util: number): number {
  if (pressure === undefined) return util >= 0.95 ? 0.5 : 0.4;
  return pressure >= 0.5 ? 0.85 : 0.6;
}

interface DiskUser {
  readonly text: string;
  readonly line: EvidenceLine | undefined;
}

/** By what the kernel counts for each process, summed by container. */
function largestUser(view: HostView, facts: Facts): DiskUser | undefined {
  const kinds = [
    { column: 'write_bytes_per_second', does: 'writes' },
    { column: 'read_bytes_per_second', does: 'reads' },
  ] as const;
  const [largest] = kinds
    .flatMap((kind) => ({ ...kind, consumer: largestConsumer(view, kind.column, facts) }))
    .toSorted((a, b) => (b.consumer?.amount ?? 0) - (a.consumer?.amount ?? 0));
  if (largest?.consumer === undefined || largest.consumer.amount < MUCH_PER_SECOND) return undefined;
  const { column, does, consumer } = largest;
  const { service, container, command, pid, amount } = consumer;
  const process = `"${command}" (PID ${pid})`;
  const owner = service ?? container;
  const text = `${owner ?? process} ${does} ${formatValue(amount, 'bytes_per_second')}${owner ? `, most of it in ${process}` : ''}`;
  return {
    text,
    line: { probe: 'host.disk', metric: column, value: amount, unit: 'bytes_per_second', text },
  };
}

/** By the block I/O of containers, which many kernels leave at zero. */
function largestWriter(facts: Facts): DiskUser | undefined {
  const [largest] = containerViews(facts)
    .map((view) => ({ view, rate: view.value('stats', 'block_write_bytes_per_second') ?? 0 }))
    .toSorted((a, b) => b.rate - a.rate);
  if (largest === undefined || largest.rate < MUCH_PER_SECOND) return undefined;
  const { view, rate } = largest;
  return {
    text: `${view.service} writes ${formatValue(rate, 'bytes_per_second')}`,
    line: view.line('stats', 'block_write_bytes_per_second', `${view.service} writes to disk`),
  };
}
