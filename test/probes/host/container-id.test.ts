import { describe, expect, it } from 'vitest';
import { parseContainerId } from '../../../src/probes/host/container-id.ts';

const ID = '0123456789abcdef'.repeat(4);

describe('parseContainerId', () => {
  it.each([
    ['cgroup v1', `12:memory:/docker/${ID}\n11:cpu:/docker/${ID}`, ID],
    ['cgroup v2 with systemd', `0::/system.slice/docker-${ID}.scope`, ID],
    ['Kubernetes', `0::/kubepods.slice/kubepods-pod1234.slice/cri-containerd-${ID}.scope`, ID],
    ['a container in a container', `5:pids:/docker/${'f'.repeat(64)}/docker/${ID}`, ID],
    ['a process of the host', '0::/user.slice/user-0.slice/session-1.scope', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, cgroup, expected) => {
    expect(parseContainerId(cgroup)).toBe(expected);
  });
});
