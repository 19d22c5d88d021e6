import { toAnyProbe } from '../../engine/any-probe.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { DockerClient } from './client.ts';
import { dockerContainersProbe } from './containers.ts';
import { dockerDiskProbe } from './disk.ts';
import { dockerLogsProbe } from './logs.ts';
import { dockerSocketsProbe } from './sockets/sockets.ts';
import { dockerStatsProbe } from './stats.ts';
import { dockerTopProbe } from './top.ts';

/** All probes that look through the Docker engine; add a line here for a new one. */
export function dockerProbes({ docker }: { docker: DockerClient }): readonly Probe[] {
  return [
    toAnyProbe(dockerContainersProbe({ docker })),
    toAnyProbe(dockerDiskProbe({ docker })),
    toAnyProbe(dockerLogsProbe({ docker })),
    toAnyProbe(dockerSocketsProbe({ docker })),
    toAnyProbe(dockerStatsProbe({ docker })),
    toAnyProbe(dockerTopProbe({ docker })),
  ];
}
