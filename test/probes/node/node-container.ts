import type { NodeTarget } from '../../../src/core/inventory/target.ts';
import { createDockerClient } from '../../../src/probes/docker/client.ts';
import { createDockerExec } from '../../../src/probes/docker/exec.ts';
import type { ContainerNode } from '../../../src/probes/node/container-node.ts';
import { type ContainerOptions, startContainer, type TestContainer } from '../../support/docker.ts';

/** A container with a program of Node, ready when it has printed `up`. */
export async function startProgram(
  source: string,
  options: Partial<ContainerOptions> = {},
): Promise<TestContainer> {
  const container = await startContainer({
    cmd: ['node', '/app/app.js'],
    files: { 'app.js': source },
    ...options,
  });
  await container.waitForLog('up');
  return container;
}

/** Docker for the probes, and the call that closes it. */
export function openNode(host?: string): ContainerNode & { close(): Promise<void> } {
  const docker = createDockerClient({ host });
  const exec = createDockerExec({ host });
  return {
    docker,
    exec,
    async close() {
      await Promise.all([docker.close(), exec.close()]);
    },
  };
}

export function nodeTarget(name: string, inspect = true): NodeTarget {
  return { kind: 'node', id: `node:${name}`, service: name, zone: 'default', container: { name }, inspect };
}

/** Ports that something listens on in the container, without those of another namespace. */
export async function listening(container: TestContainer): Promise<readonly number[]> {
  const table = await container.exec('cat', '/proc/1/net/tcp');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === '0A')
    .map(([, local]) => Number.parseInt(local?.split(':')[1] ?? '', 16));
}
