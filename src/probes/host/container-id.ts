const CONTAINER_ID = /[0-9a-f]{64}/;

/**
 * The container that a process belongs to, from `/proc/<pid>/cgroup`, or undefined. Forms: cgroup v1
 * `4:memory:/docker/<id>`, v2 with systemd `0::/system.slice/docker-<id>.scope`, Kubernetes `…/cri-containerd-<id>.scope`.
 */
export function parseContainerId(cgroup: string): string | undefined {
  for (const line of cgroup.split('\n')) {
    const path = line.split(':').slice(2).join(':');
    const ids = path.match(new RegExp(CONTAINER_ID, 'g'));
    const innermost = ids?.at(-1);
    if (innermost !== undefined) return innermost;
  }
  return undefined;
}
