/** What a probe can look at. `engine` is a Docker engine, `process` perfbot itself. */
export const TARGET_KINDS = [
  'host',
  'engine',
  'container',
  'http',
  'postgres',
  'redis',
  'prometheus',
  'process',
  'node',
  'nginx',
  'jaeger',
] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

interface TargetBase {
  /** Unique in the inventory, stable between starts: `container:shop-api`, `postgres:shop-db`. */
  readonly id: string;
  readonly service: string;
  /** Workers of this zone can reach it; `default` unless the inventory says otherwise. */
  readonly zone: string;
}

/** A URL that the inventory allows, without credentials. */
export interface HttpTarget extends TargetBase {
  readonly kind: 'http';
  readonly baseUrl: string;
  readonly health?: string;
  /** Idempotent GET routes that may be timed. */
  readonly paths: readonly string[];
  /** Directory of the build of the pages behind it (`.next`), where perfbot may read it. */
  readonly build?: string;
}

export interface ContainerTarget extends TargetBase {
  readonly kind: 'container';
  /** Docker name, or a label that exactly this service's containers carry. */
  readonly container: { readonly name: string } | { readonly label: string; readonly value: string };
}

/** A Node program that runs in a container. */
export interface NodeTarget extends TargetBase {
  readonly kind: 'node';
  readonly container: ContainerTarget['container'];
  /** True: the inventory allows perfbot to open the inspector of the process for a while. */
  readonly inspect: boolean;
}

/** An nginx: its counters, its access log, or both. */
export interface NginxTarget extends TargetBase {
  readonly kind: 'nginx';
  /** Address of its `stub_status` page, without credentials. */
  readonly status?: string;
  /** The container whose log holds the access log. */
  readonly container?: ContainerTarget['container'];
  /** Look only at what it passes to this service. */
  readonly upstream?: UpstreamService;
}

/** A service behind an nginx, and how it can be told in the log of that nginx. */
export interface UpstreamService {
  readonly service: string;
  /** True: the inventory says that it is behind this nginx; else the addresses in the log have to show it. */
  readonly declared: boolean;
  /** True: the inventory knows nothing else behind this nginx. */
  readonly alone: boolean;
  readonly containers: readonly ContainerTarget['container'][];
  /** `host:port` under which it is known. */
  readonly addresses: readonly string[];
}

/** What one service reports to the Jaeger of this installation. */
export interface JaegerTarget extends TargetBase {
  readonly kind: 'jaeger';
  /** Names under which it may report its traces, most likely first. */
  readonly traceNames: readonly string[];
}

type OwnShape = 'http' | 'container' | 'node' | 'nginx' | 'jaeger';

/** Targets whose address (often a secret) stays in configuration and is found there by `id`. */
export type NamedTarget = {
  [K in Exclude<TargetKind, OwnShape>]: TargetBase & { readonly kind: K };
}[Exclude<TargetKind, OwnShape>];

/** The named thing a probe looks at. Plain data that may travel in a job: it never holds a secret. */
export type Target = HttpTarget | ContainerTarget | NodeTarget | NginxTarget | JaegerTarget | NamedTarget;

export type TargetOf<K extends TargetKind> = Extract<Target, { readonly kind: K }>;
