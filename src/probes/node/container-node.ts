import type { DockerClient } from '../docker/client.ts';
import type { DockerExec } from '../docker/exec.ts';

/** What the probes of Node processes use: Docker to find and to judge the container, and to run a reader in it. */
export interface ContainerNode {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect' | 'stats' | 'info'>;
  readonly exec: DockerExec;
}

/** Where a program runs: the container by its id, and its name for people. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
}
