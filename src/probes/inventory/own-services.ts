import type { Service } from '../../core/inventory/service.ts';
import type { Target } from '../../core/inventory/target.ts';

/** What perfbot knows of itself and its surroundings. */
export interface SelfDescription {
  /** Zone of this machine, usually `default`. */
  readonly zone: string;
  /** True when a Prometheus is configured. */
  readonly prometheus: boolean;
  /** True when a Jaeger is configured. */
  readonly jaeger: boolean;
  /** True when perfbot runs on a database of its own; the terminal program needs none. */
  readonly database: boolean;
}

type Gap = Service['gaps'][number];

/** The machine that perfbot runs on, with its Docker engine. */
export function toHostService({ zone }: SelfDescription, gaps: readonly Gap[]): Service {
  return toOwnService('host', {
    role: 'host',
    gaps,
    targets: [
      { kind: 'host', id: 'host:host', service: 'host', zone },
      { kind: 'engine', id: 'engine:host', service: 'host', zone },
    ],
  });
}

/** perfbot itself: its process and its own database (target id `postgres:perfbot`). */
export function toPerfbotService({ zone, database }: SelfDescription, gaps: readonly Gap[]): Service {
  return toOwnService('perfbot', {
    role: 'perfbot',
    gaps,
    targets: [
      { kind: 'process', id: 'process:perfbot', service: 'perfbot', zone },
      ...(database ? [{ kind: 'postgres', id: 'postgres:perfbot', service: 'perfbot', zone } as const] : []),
    ],
  });
}

/** Adds the Prometheus and Jaeger targets to what may be instrumented; their answers are about that service. */
export function withTelemetry(service: Service, { zone, prometheus, jaeger }: SelfDescription): Service {
  if (['postgres', 'redis', 'host', 'perfbot', 'prometheus'].includes(service.role)) return service;
  const { name, role, traceName, aliases, targets } = service;
  const base = { service: name, zone };
  // An nginx reports traces only with a module of its own; then services.yaml says under which name.
  const isTraced = jaeger && (role !== 'nginx' || traceName !== undefined);
  const names = traceName === undefined ? [name, ...aliases] : [traceName];
  return {
    ...service,
    targets: [
      ...targets,
      ...(prometheus ? [{ ...base, kind: 'prometheus', id: `prometheus:${name}` } as const] : []),
      ...(isTraced ? [{ ...base, kind: 'jaeger', id: `jaeger:${name}`, traceNames: names } as const] : []),
    ],
  };
}

function toOwnService(
  name: string,
  rest: {
    readonly role: Service['role'];
    readonly gaps: readonly Gap[];
    readonly targets: readonly Target[];
  },
): Service {
  return { name, source: 'discovered', dependsOn: [], kpis: {}, aliases: [], ...rest };
}
