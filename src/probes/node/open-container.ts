import { ProbeError } from '../../core/errors.ts';
import type { NodeTarget } from '../../core/inventory/target.ts';
import { formatValue } from '../../core/unit.ts';
import { findContainer } from '../docker/find-container.ts';
import { memoryLimitBytes, memoryUsedBytes } from '../docker/stats-numbers.ts';
import type { ContainerNode, FoundContainer } from './container-node.ts';

/** What runs in a container is charged to its memory: perfbot's reader takes 7 MB to 20 MB for some seconds. */
const LEAST_FREE_BYTES = 32 * 1024 * 1024;
const LEAST_FREE_SHARE = 0.1;

/**
 * The running container of a target, when perfbot may and can run its reader in it.
 * @throws ProbeError `not_configured` without consent, `overloaded` when its memory is nearly used up.
 */
export async function openContainer(
  { docker }: Pick<ContainerNode, 'docker'>,
  target: NodeTarget,
  { consent, signal }: { readonly consent: boolean; readonly signal: AbortSignal },
): Promise<FoundContainer> {
  if (!target.inspect && !consent) {
    throw new ProbeError('not_configured', `${target.service} does not allow its inspector`, {
      userMessage: `services.yaml does not allow perfbot to look into the Node process of ${target.service}.`,
      mend: `add node: { inspect: true } to ${target.service} in services.yaml`,
    });
  }
  const { Id, Name, State } = await findContainer(docker, target, signal);
  if (!State.Running || State.Restarting) {
    throw new ProbeError('unreachable', `${Name} is ${State.Status}`, {
      userMessage: `The container ${Name} is not running.`,
      mend: `docker start ${Name}`,
    });
  }
  const [{ memory_stats }, { MemTotal }] = await Promise.all([docker.stats(Id, signal), docker.info(signal)]);
  const limit = memoryLimitBytes(memory_stats.limit, MemTotal);
  const free = limit === undefined ? undefined : limit - (memoryUsedBytes(memory_stats) ?? 0);
  if (
    limit !== undefined &&
    free !== undefined &&
    free < Math.max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * limit)
  ) {
    throw new ProbeError('overloaded', `${Name} has ${free} of ${limit} bytes left`, {
      userMessage: `${Name} has only ${formatValue(free, 'bytes')} of its memory limit left: looking into it could have the kernel kill it.`,
      mend: `docker update --memory ${2 * limit} --memory-swap ${2 * limit} ${Name}`,
    });
  }
  return { id: Id, name: Name };
}
