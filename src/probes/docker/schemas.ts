import { z } from 'zod';
import { CommandLine, Environment } from './start-settings.ts';

const Labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((labels) => labels ?? {});
const Count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

/** One row of `GET /containers/json`. */
export const ContainerSummary = z.object({
  Id: z.string(),
  Names: z
    .array(z.string())
    .nullish()
    .transform((names) => names ?? []),
  Image: z.string(),
  Command: z
    .string()
    .nullish()
    .transform((command) => command ?? ''),
  State: z.string(),
  Status: z
    .string()
    .nullish()
    .transform((status) => status ?? ''),
  Labels,
  Ports: z
    .array(
      z.object({
        IP: z.string().optional(),
        PrivatePort: z.number(),
        PublicPort: z.number().optional(),
        Type: z.string(),
      }),
    )
    .nullish()
    .transform((ports) => ports ?? []),
  NetworkSettings: z
    .object({
      Networks: z
        .record(
          z.string(),
          z.object({
            IPAddress: z.string().nullish(),
            IPPrefixLen: z.number().nullish(),
            GlobalIPv6Address: z.string().nullish(),
            Gateway: z.string().nullish(),
            IPv6Gateway: z.string().nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
export type ContainerSummary = z.infer<typeof ContainerSummary>;

const Health = z.object({
  Status: z.string(),
  FailingStreak: Count,
  Log: z
    .array(
      z.object({
        Start: z.string().optional(),
        End: z.string().optional(),
        ExitCode: z.number(),
        Output: z.string(),
      }),
    )
    .nullish()
    .transform((log) => log ?? []),
});

/** What perfbot reads of `GET /containers/{id}/json`. */
export const ContainerDetails = z.object({
  Id: z.string(),
  Name: z.string().transform((name) => name.replace(/^\//, '')),
  /** `sha256:…` of the image; a tag may be moved to another one. */
  Image: z.string().optional(),
  Created: z.string(),
  Args: CommandLine,
  RestartCount: Count,
  /** Where the engine keeps the log on its own machine; empty when the logging driver sends it elsewhere. */
  LogPath: z.string().nullish(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Restarting: z.boolean().optional(),
    OOMKilled: z.boolean().optional(),
    /** Of the main process, on the engine's host; 0 when it does not run. */
    Pid: z.number().optional(),
    ExitCode: z.number(),
    Error: z.string().optional(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: Health.nullish(),
  }),
  Config: z.object({ Image: z.string(), Env: Environment, Tty: z.boolean().nullish(), Labels }),
  HostConfig: z.object({
    NanoCpus: Count,
    CpuQuota: Count,
    CpuPeriod: Count,
    CpusetCpus: z
      .string()
      .nullish()
      .transform((cpus) => cpus ?? ''),
    Memory: Count,
    /** Memory and swap together; -1: no limit. */
    MemorySwap: Count,
    NetworkMode: z.string().nullish(),
    LogConfig: z.object({ Type: z.string(), Config: z.record(z.string(), z.string()).nullish() }).nullish(),
    PortBindings: z.record(z.string(), z.unknown()).nullish(),
    RestartPolicy: z.object({ Name: z.string() }).nullish(),
  }),
});
export type ContainerDetails = z.infer<typeof ContainerDetails>;

/** What perfbot reads of `GET /containers/{id}/stats`, on cgroup v1 and v2. */
export const ContainerStats = z.object({
  read: z.string(),
  cpu_stats: z.object({
    cpu_usage: z.object({ total_usage: z.number() }),
    online_cpus: z.number().optional(),
    throttling_data: z.object({ periods: Count, throttled_periods: Count }).optional(),
  }),
  memory_stats: z.object({
    usage: z.number().optional(),
    limit: z.number().optional(),
    stats: z.record(z.string(), z.number()).nullish(),
  }),
  networks: z
    .record(
      z.string(),
      z.object({
        rx_bytes: z.number(),
        tx_bytes: z.number(),
        rx_errors: Count,
        tx_errors: Count,
        rx_dropped: Count,
        tx_dropped: Count,
      }),
    )
    .nullish(),
  blkio_stats: z
    .object({
      io_service_bytes_recursive: z.array(z.object({ op: z.string(), value: z.number() })).nullish(),
    })
    .optional(),
  pids_stats: z.object({ current: z.number().optional(), limit: z.number().nullish() }).optional(),
});
export type ContainerStats = z.infer<typeof ContainerStats>;

/** `GET /containers/{id}/top`. */
export const ContainerTop = z.object({
  Titles: z.array(z.string()),
  Processes: z.array(z.array(z.string())),
});
export type ContainerTop = z.infer<typeof ContainerTop>;

/** `GET /info`: `MemTotal` in bytes, `Name` the host name of the engine. */
export const EngineInfo = z.object({
  NCPU: z.number(),
  MemTotal: z.number(),
  ServerVersion: z.string(),
  Name: z.string().nullish(),
  DockerRootDir: z.string().nullish(),
});
export type EngineInfo = z.infer<typeof EngineInfo>;

/** One line of `GET /events`. `time` in seconds since the epoch. */
export const DockerEvent = z.object({
  Action: z.string(),
  time: z.number(),
  Actor: z.object({ ID: z.string(), Attributes: Labels }),
});
export type DockerEvent = z.infer<typeof DockerEvent>;
