import { redactSecrets } from '../../core/logs/redact-secrets.ts';
import type { ContainerDetails } from './schemas.ts';

/** Docker's "never": the zero time of Go. */
const NEVER = /^0001-01-01/;

/** A time of the Docker API in milliseconds since the epoch, or undefined for "never". */
export function parseDockerTime(text: string): number | undefined {
  if (NEVER.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}

/** What `docker inspect` says of a container, in words for the report and for diagnosis. */
export function containerFacts(details: ContainerDetails): Readonly<Record<string, string>> {
  const { State: state, Config: config, HostConfig: host } = details;
  const lastCheck = state.Health?.Log.at(-1);
  return {
    container: details.Name,
    status: state.Status,
    image: config.Image,
    ...(details.Image !== undefined && { image_id: details.Image.replace('sha256:', '').slice(0, 12) }),
    environment: config.Env.fingerprint,
    started_at: state.StartedAt,
    oom_killed: String(state.OOMKilled ?? false),
    health: state.Health?.Status ?? 'none',
    restart_policy: host.RestartPolicy?.Name || 'no',
    ...(!state.Running || state.Restarting
      ? { exit_code: String(state.ExitCode), finished_at: state.FinishedAt }
      : {}),
    ...cpuFacts(host),
    ...heapFacts(details),
    ...(host.Memory > 0 && {
      memory_limit_bytes: String(host.Memory),
      memory_swap_bytes: String(host.MemorySwap),
    }),
    ...(state.Error ? { error: state.Error.slice(0, 300) } : {}),
    ...(state.Health && { failing_streak: String(state.Health.FailingStreak) }),
    ...(lastCheck &&
      lastCheck.ExitCode !== 0 && {
        health_output: redactSecrets(lastCheck.Output.trim()).slice(0, 300),
      }),
  };
}

/** How the CPU limit was given: Docker takes a change in the same form only. */
function cpuFacts({
  NanoCpus,
  CpuQuota,
  CpuPeriod,
}: ContainerDetails['HostConfig']): Readonly<Record<string, string>> {
  return {
    ...(NanoCpus > 0 && { cpus: String(NanoCpus / 1e9) }),
    ...(CpuQuota !== 0 && { cpu_quota_us: String(CpuQuota) }),
    ...(CpuPeriod > 0 && { cpu_period_us: String(CpuPeriod) }),
  };
}

/** How far the heap of a Node program may grow, as its command or NODE_OPTIONS says. */
function heapFacts({ Args, Config }: ContainerDetails): Readonly<Record<string, string>> {
  const caps = { command: Args.heapCap, environment: Config.Env.heapCap };
  const told = Object.values(caps).filter((cap) => cap !== undefined);
  if (told.length === 0) return { heap_cap: 'none' };
  if (told.includes('share')) return { heap_cap: 'share' };
  return Object.fromEntries(
    Object.entries(caps).flatMap(([from, cap]) =>
      typeof cap === 'number' ? [[`heap_cap_${from}_mib`, String(cap)]] : [],
    ),
  );
}
