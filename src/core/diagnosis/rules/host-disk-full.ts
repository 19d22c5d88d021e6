import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { containerViews } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { type HostView, hostRule } from '../host-view.ts';
import { shellWord } from '../quote.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'host.disk_full';
const NEARLY_FULL = 0.9;
const FULL = 0.97;
const NO_SPACE = /no space left on device|ENOSPC|disk (is )?full|quota exceeded/i;

const mounts = hostRule({
  id: ID,
  probe: 'host.disk',
  judge(view) {
    const used = view.value('disk_used_ratio');
    const inodes = view.value('inodes_used_ratio') ?? 0;
    if (used === undefined) return undecidedVerdict(ID, `${view.service}: no file system could be read`);
    const worst = Math.max(used, inodes);
    const isInodes = inodes > used;
    const mount = fullestMount(view, isInodes ? 'inodes_ratio' : 'used_ratio');
    const text = `${mount} is ${formatValue(worst, 'ratio')} full${isInodes ? ' of files (inodes)' : ''}`;
    if (worst < NEARLY_FULL) return ruledOutVerdict(ID, text);
    return causeVerdict({
      id: ID,
      title: 'A file system is full',
      service: view.service,
      summary: `${text}: writes fail, or soon will.`,
      confidence: worst >= FULL ? 0.9 : 0.5,
      evidence: lines(view.line(isInodes ? 'inodes_used_ratio' : 'disk_used_ratio', text, NEARLY_FULL)),
      advice: [spaceAdvice(mount, isInodes)],
    });
  },
});

/** A file system has no room: by its fill level, or because a service could not write (it may have tidied up since). */
export const hostDiskFullRule: DiagnosisRule = {
  ids: [ID],
  evaluate(facts) {
    const told = toldInLogs(facts);
    const measured = mounts.evaluate(facts);
    return told.length === 0 ? measured : [...told, ...measured.filter(({ kind }) => kind === 'cause')];
  },
};

function fullestMount(view: HostView, column: 'used_ratio' | 'inodes_ratio'): string {
  const ratio = (row: Row) => numberIn(row, column) ?? 0;
  const fullest = view.rows('mounts').toSorted((a, b) => ratio(b) - ratio(a))[0];
  return textIn(fullest, 'mount') || 'a file system';
}

function toldInLogs(facts: Facts): readonly Verdict[] {
  return containerViews(facts).flatMap((view) => {
    const row = view.patterns.find(
      ({ pattern, example, count }) => count > 0 && NO_SPACE.test(`${pattern} ${example}`),
    );
    if (row === undefined) return [];
    return [
      causeVerdict({
        id: ID,
        title: 'No space left for writing',
        service: view.service,
        summary: `${view.service} could not write, for lack of space.`,
        confidence: 0.9,
        evidence: [
          {
            probe: 'docker.logs',
            metric: 'patterns',
            value: row.count,
            unit: 'count',
            text: `in its log: ${row.example.slice(0, 160)}`,
          },
        ],
        advice: [
          {
            title: 'See which file system of the container is full',
            why: 'A volume or a tmpfs has a size of its own, which the disks of the host do not show.',
            effect: 'reads',
            command: `docker exec ${view.container} df -h`,
            source: 'https://docs.docker.com/engine/storage/',
          },
        ],
      }),
    ];
  });
}

function spaceAdvice(mount: string, isInodes: boolean): CauseAdvice {
  return {
    title: isInodes ? 'Find the directory with the many files' : 'Find what fills it',
    why: 'Old images, unrotated logs and dumps are what usually fills the disk of a Docker host.',
    effect: 'reads',
    command: isInodes
      ? `du --inodes -xd2 ${shellWord(mount)} | sort -n | tail`
      : `docker system df && du -xhd2 ${shellWord(mount)} | sort -h | tail`,
    source: 'https://docs.docker.com/engine/manage-resources/pruning/',
  };
}
