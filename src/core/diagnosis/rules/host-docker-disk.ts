import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { lines } from '../evidence-line.ts';
import { type HostView, hostRule } from '../host-view.ts';
import { causeVerdict, ruledOutVerdict } from '../verdicts.ts';

const ID = 'host.docker_disk';
const NEARLY_FULL = 0.9;
const FULL = 0.97;
/** Below both, somebody else fills the disk. */
const LARGE_SHARE = 0.3;
const WORTH_FREEING = 0.1;
/** What is worth a step of its own. */
const WORTH_A_STEP = 0.01;
const PRUNING = 'https://docs.docker.com/engine/manage-resources/pruning/';

/** The disk is nearly full, and it is Docker that fills it: old images, build cache, volumes, logs without rotation. */
export const hostDockerDiskRule = hostRule({
  id: ID,
  probe: 'docker.disk',
  judge(view) {
    const used = view.value('file_system_used_ratio');
    const share = view.value('docker_ratio');
    const reclaimable = view.value('reclaimable_ratio');
    // Where the disk cannot be seen from here, the probe has said so.
    if (used === undefined || share === undefined || reclaimable === undefined) return undefined;
    const fullText = `the disk of Docker is ${formatValue(used, 'ratio')} full`;
    const takes = `Docker takes ${formatValue(view.value('docker_bytes') ?? 0, 'bytes')}, ${formatValue(share, 'ratio')} of it`;
    if (used < NEARLY_FULL) return ruledOutVerdict(ID, fullText);
    if (share < LARGE_SHARE && reclaimable < WORTH_FREEING)
      return ruledOutVerdict(ID, `${fullText}, but ${takes} only`);
    const free = `${formatValue(view.value('reclaimable_bytes') ?? 0, 'bytes')} of images and build cache are not in use`;
    return causeVerdict({
      id: ID,
      title: 'Docker fills the disk',
      service: view.service,
      summary: `On ${view.service} ${fullText}. ${takes}, most of it ${largestKind(view)}; ${free}.`,
      confidence: used >= FULL ? 0.93 : 0.6,
      evidence: lines(
        view.line('file_system_used_ratio', fullText, NEARLY_FULL),
        view.line('docker_bytes', `${takes}, most of it ${largestKind(view)}`),
        view.line('reclaimable_bytes', free),
        view.line('logs_bytes', 'log files of containers'),
      ),
      advice: adviceFor(view),
    });
  },
});

function largestKind(view: HostView): string {
  return textIn(view.rows('usage')[0], 'kind');
}

function adviceFor(view: HostView): readonly CauseAdvice[] {
  const least = WORTH_A_STEP * (view.value('file_system_bytes') ?? Number.POSITIVE_INFINITY);
  const isWorth = (metric: string) => (view.value(metric) ?? 0) >= least;
  const log = view
    .rows('logs')
    .find((row) => textIn(row, 'rotation') === 'none' && (numberIn(row, 'bytes') ?? 0) >= least);
  return [
    {
      title: 'See what takes the space',
      why: 'Each image, container and volume with its size, and whether anything uses it.',
      effect: 'reads',
      command: 'docker system df --verbose',
      source: 'https://docs.docker.com/reference/cli/docker/system/df/',
    },
    ...(isWorth('build_cache_reclaimable_bytes') ? [PRUNE_CACHE] : []),
    ...(isWorth('images_reclaimable_bytes') ? [PRUNE_IMAGES] : []),
    ...(log ? [rotateLog(textIn(log, 'container'), numberIn(log, 'bytes') ?? 0)] : []),
    ...(isWorth('volumes_reclaimable_bytes') ? [LOOK_AT_VOLUMES] : []),
  ];
}

const PRUNE_CACHE: CauseAdvice = {
  title: 'Drop build cache that was not used for a week',
  why: 'It holds nothing that a build cannot make again.',
  effect: 'changes',
  command: 'docker builder prune --force --filter until=168h',
  risk: 'The next builds take longer.',
  undo: 'none needed: the next builds fill the cache again',
  source: PRUNING,
};

const PRUNE_IMAGES: CauseAdvice = {
  title: 'Drop images that no container uses and that are older than a week',
  why: 'Each release leaves its image behind.',
  effect: 'changes',
  command: 'docker image prune --all --force --filter until=168h',
  risk: 'Images for going back to an older release are gone too; one that was built here and pushed nowhere is lost.',
  undo: 'docker pull the image again, or build it again',
  source: PRUNING,
};

const LOOK_AT_VOLUMES: CauseAdvice = {
  title: 'Look through volumes that no container has',
  why: 'They hold data, perhaps that of a database that was taken down for a while: decide one by one, and never prune them all.',
  effect: 'reads',
  command: 'docker volume ls --filter dangling=true',
  source: 'https://docs.docker.com/reference/cli/docker/volume/ls/',
};

function rotateLog(container: string, bytes: number): CauseAdvice {
  return {
    title: `Let the log of ${container} rotate`,
    why: `It has ${formatValue(bytes, 'bytes')} and grows without end: the driver json-file rotates only where it is told to.`,
    effect: 'changes',
    command: 'logging: { driver: local, options: { max-size: 10m, max-file: "3" } }',
    risk: 'Needs a new container; the old lines go with the old one.',
    undo: 'take the line out of the compose file and recreate the container',
    source: 'https://docs.docker.com/engine/logging/configure/',
  };
}
