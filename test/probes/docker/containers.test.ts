import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import type { TargetOf } from '../../../src/core/inventory/target.ts';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { dockerContainersProbe } from '../../../src/probes/docker/containers.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { startContainer, type TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, numbers } from './collect.ts';

const ENGINE: TargetOf<'engine'> = { kind: 'engine', id: 'engine:local', service: 'docker', zone: 'default' };

describeWith(['docker'], 'docker.containers', () => {
  let docker: DockerClient;
  let sick: TestContainer;
  let crashing: TestContainer;

  beforeAll(async () => {
    docker = createDockerClient();
    [sick, crashing] = await Promise.all([
      startContainer({ cmd: ['sleep', '60'], healthcheck: { cmd: 'exit 1', interval: '200ms' } }),
      startContainer({ cmd: ['sh', '-c', 'exit 7'], restart: 'always' }),
    ]);
    await sick.waitFor('{{.State.Health.Status}}', 'unhealthy');
    await crashing.waitFor('{{gt .RestartCount 1}}', 'true');
  });

  afterAll(async () => {
    await Promise.all([sick, crashing].map((container) => container?.remove()));
    await docker.close();
  });

  probeContract({
    healthy: () => ({ probe: dockerContainersProbe({ docker }), target: ENGINE }),
    unreachable: () => ({
      probe: dockerContainersProbe({ docker: createDockerClient({ host: '/nowhere/docker.sock' }) }),
      target: ENGINE,
    }),
    metrics: ['containers_running', 'containers_stopped', 'containers_unhealthy', 'containers_restarting'],
    tables: ['containers'],
  });

  it('shows health and restarts of every container', async () => {
    const observation = await collect(dockerContainersProbe({ docker }), ENGINE);
    expect(numbers(observation).containers_unhealthy).toBeGreaterThanOrEqual(1);
    const rows = rowsOf(
      { ...observation, status: 'collected' } as Parameters<typeof rowsOf>[0],
      'containers',
    );
    expect(rows.find(({ name }) => name === sick.name)).toMatchObject({
      health: 'unhealthy',
      state: 'running',
    });
    const crash = rows.find(({ name }) => name === crashing.name);
    expect(crash?.restart_count).toBeGreaterThanOrEqual(2);
    expect(crash?.health).toBeNull();
  });
});
