import { z } from 'zod';
import { ROLES } from '../../core/inventory/service.ts';
import { KPI_NAMES, type KpiName } from '../../core/kpi.ts';
import { Duration } from '../../core/quantity.ts';
import { KpiDefinitions } from './kpi-definitions.ts';
import { NginxDefinition, nginxProblems } from './nginx-definition.ts';

/** Names that perfbot gives itself and the machine it runs on. */
const RESERVED_NAMES = ['host', 'perfbot'] as const;

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;

export const ServiceName = z
  .string()
  .regex(NAME, 'a service name has letters, digits, dots, dashes and underscores')
  .refine((name) => !RESERVED_NAMES.some((reserved) => reserved === name), {
    message: 'this name is perfbot’s own; choose another',
  });

const Path = z
  .string()
  .regex(/^\/(?![/\\])[^\s\\#]*$/, 'a path begins with one slash, for example /api/items');

const ContainerSelector = z.union(
  [
    z.string().regex(/^[a-z0-9][a-z0-9_.-]+$/i),
    z
      .record(z.string().min(1), z.string().min(1))
      .refine((labels) => Object.keys(labels).length === 1, 'name exactly one label'),
  ],
  { error: 'write the name of a container, or one label: {com.docker.compose.service: api}' },
);

/** Messages never repeat the address: it holds a password. */
function connectionUrl(schemes: readonly string[], example: string) {
  return z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    message: `write an address such as ${example}, or \${NAME} of an environment variable that holds it`,
  });
}

const BaseUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    message: 'write a base URL, for example http://127.0.0.1:3001',
  })
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    message: 'a service URL may hold no user or password',
  })
  .refine((text) => !URL.canParse(text) || (new URL(text).search === '' && new URL(text).hash === ''), {
    message: 'a base URL has no ? and no #; put routes under paths',
  });

const DashboardPath = z
  .string()
  .regex(
    /^\/?d\/[^\s\\]+$/,
    'write the path of a dashboard below GRAFANA_URL, for example d/abc123/shop?var-service=api',
  );

/** At most five minutes, so that every 5-minute mean has a look in it. */
const SampleInterval = z
  .string({ error: 'write a duration with its unit, for example 2m' })
  .pipe(Duration)
  .refine((ms) => ms >= 1000 && ms <= 5 * 60_000, { message: 'write a duration from 1s to 5m' });

/** Below GRAFANA_URL; panels by their id. */
export interface Dashboard {
  readonly dashboard: string;
  readonly panels: Readonly<Partial<Record<KpiName, number>>>;
}

/** A dashboard of the service, and which of its panels shows which KPI. */
const DashboardDefinition = z.union(
  [
    DashboardPath.transform((dashboard): Dashboard => ({ dashboard, panels: {} })),
    z.strictObject({
      dashboard: DashboardPath,
      panels: z.partialRecord(z.enum(KPI_NAMES), z.int().positive()).default({}),
    }),
  ],
  {
    error:
      'write the path of a dashboard (d/abc123/shop), or {dashboard: d/abc123/shop, panels: {cpu: 4}} with the id of each panel',
  },
);

/** One entry of `services.yaml`, after `${NAME}` has been replaced. Unknown keys are refused. */
export const ServiceDefinition = z
  .strictObject({
    container: ContainerSelector.optional(),
    url: BaseUrl.optional(),
    health: Path.optional(),
    paths: z.array(Path).default([]),
    depends_on: z.array(z.string()).default([]),
    environment: z.string().min(1).optional(),
    kpis: KpiDefinitions.default({}),
    sample_interval: SampleInterval.optional(),
    postgres: connectionUrl(
      ['postgres:', 'postgresql:'],
      'postgres://user:password@host:5432/name',
    ).optional(),
    redis: connectionUrl(['redis:', 'rediss:'], 'redis://host:6379').optional(),
    zone: z.string().min(1).default('default'),
    grafana: DashboardDefinition.optional(),
    node: z.strictObject({ inspect: z.boolean().default(false) }).optional(),
    frontend: z
      .strictObject({
        build: z.string().regex(/^\//, 'write the full path of the directory, for example /srv/shop/.next'),
      })
      .optional(),
    nginx: NginxDefinition.optional(),
    traces: z.string().min(1).optional(),
    role: z.enum(ROLES).optional(),
  })
  .superRefine((service, context) => {
    if (service.node !== undefined && service.container === undefined)
      context.addIssue({ code: 'custom', path: ['node'], message: 'node needs a container' });
    for (const issue of nginxProblems(service)) context.addIssue({ code: 'custom', ...issue });
    if (service.url !== undefined) return;
    if (service.frontend !== undefined)
      context.addIssue({ code: 'custom', path: ['frontend'], message: 'frontend needs a url' });
    for (const key of ['health', 'paths'] as const) {
      if (service[key] === undefined || service[key].length === 0) continue;
      context.addIssue({ code: 'custom', path: [key], message: `${key} needs a url` });
    }
  });
export type ServiceDefinition = z.infer<typeof ServiceDefinition>;
