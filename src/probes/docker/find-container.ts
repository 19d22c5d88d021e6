import { ProbeError } from '../../core/errors.ts';
import type { ContainerTarget } from '../../core/inventory/target.ts';
import type { DockerClient } from './client.ts';
import type { ContainerDetails } from './schemas.ts';

/** The container of a target: by name, or the running (else the newest) one that carries its label. */
export async function findContainer(
  docker: Pick<DockerClient, 'containers' | 'inspect'>,
  { container }: Pick<ContainerTarget, 'container'>,
  signal: AbortSignal,
): Promise<ContainerDetails> {
  if ('name' in container) return docker.inspect(container.name, signal);
  const label = `${container.label}=${container.value}`;
  // Docker lists the newest first.
  const found = await docker.containers(signal, { label });
  const chosen = found.find(({ State }) => State === 'running') ?? found[0];
  if (chosen) return docker.inspect(chosen.Id, signal);
  throw new ProbeError('not_found', `no container with label ${label}`, {
    userMessage: `No container carries the label ${label}.`,
    mend: 'compare the label in services.yaml with: docker ps --all --format "{{.Names}} {{.Labels}}"',
  });
}
