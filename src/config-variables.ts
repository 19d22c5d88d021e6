import { delimiter } from 'node:path';
import { z } from 'zod';
import { parseDuration } from './core/quantity.ts';
import { LOG_FORMATS, LOG_LEVELS } from './logging.ts';

export const PROCESS_ROLES = ['all', 'web', 'worker'] as const;

const Text = z.string().trim().min(1);

function matching(pattern: RegExp, message: string) {
  return Text.regex(pattern, message);
}

function url(schemes: readonly string[], example: string) {
  return Text.refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    message: `is not a ${schemes.join(':// or ')}:// address; write for example ${example}`,
  });
}

const Webpage = (example: string) =>
  url(['http', 'https'], example).transform((text) => text.replace(/\/+$/, ''));

/** Schema of the environment: one entry for each variable; `.env.example` lists the same ones. */
export const Variables = z.object({
  PORT: z.string().default('3000').transform(toPort),
  HOST: matching(/^\S+$/, 'is not a host name or address; write for example 127.0.0.1').default('127.0.0.1'),
  SLACK_BOT_TOKEN: matching(
    /^(?:xoxe\.)?xoxb-\S+$/,
    'is not a bot token: those begin with xoxb- (Slack app, "OAuth & Permissions")',
  ).optional(),
  SLACK_SIGNING_SECRET: Text.optional(),
  SLACK_APP_TOKEN: matching(
    /^xapp-\S+$/,
    'is not an app-level token: those begin with xapp- (Slack app, "Basic Information")',
  ).optional(),
  SLACK_API_URL: url(['http', 'https'], 'https://slack.com/api/')
    .refine((text) => !URL.canParse(text) || new URL(text).pathname.endsWith('/api/'), {
      message: 'must end in /api/; write for example https://slack.com/api/',
    })
    .optional(),
  PERFBOT_CHANNEL: matching(
    /^#?[^\s#,]{1,80}$/,
    'is not a channel; write one name (#ops) or id (C0123456789)',
  ).optional(),
  DATABASE_URL: url(['postgres', 'postgresql'], 'postgres://user:password@host:5432/perfbot').optional(),
  REDIS_URL: url(['redis', 'rediss'], 'redis://host:6379').optional(),
  ALERT_WEBHOOK_TOKEN: Text.optional(),
  ALERT_WEBHOOK_HMAC_SECRET: Text.optional(),
  DOCKER_HOST: matching(
    /^(?:unix:\/\/\/|npipe:\/\/|(?:tcp|https?):\/\/[^/\s])\S*$/,
    'is not a Docker address; write unix:///var/run/docker.sock or tcp://host:2375',
  ).optional(),
  PERFBOT_PUBLISHED_HOST: matching(
    /^[^\s/:@]+$/,
    'is not a host name or address; write for example host.docker.internal',
  ).optional(),
  PROMETHEUS_URL: Webpage('http://prometheus:9090').optional(),
  JAEGER_URL: Webpage('http://jaeger:16686').optional(),
  GRAFANA_URL: Webpage('http://grafana:3000').optional(),
  CHROME_PATH: Text.optional(),
  PERFBOT_SERVICES: Text.optional(),
  PERFBOT_PLAYBOOKS: Text.default('playbooks').transform(toDirectories),
  PERFBOT_TIMEZONE: Text.refine(isTimezone, {
    message: 'is not a time zone; write an IANA name, for example Europe/Berlin',
  }).default('UTC'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  LOG_FORMAT: z.enum(LOG_FORMATS, { error: `must be one of ${LOG_FORMATS.join(', ')}` }).optional(),
  PERFBOT_ROLE: z.enum(PROCESS_ROLES, { error: `must be one of ${PROCESS_ROLES.join(', ')}` }).default('all'),
  PERFBOT_DATA_DIR: Text.default('.perfbot'),
  PERFBOT_SAMPLE_INTERVAL: z.string().default('30s').transform(toSampleInterval),
  PERFBOT_MONITOR_ALERTS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  PERFBOT_KEEP_DAYS: z.string().default('90').transform(toDays),
  PERFBOT_ZONE: matching(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be lower-case letters, digits, - and _').default(
    'default',
  ),
});
export type Variables = z.infer<typeof Variables>;

/** Names of all variables that perfbot reads. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(Variables.shape);

function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

function toDirectories(text: string): readonly string[] {
  return text
    .split(new RegExp(`[,${delimiter}]`))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function toPort(text: string, context: z.RefinementCtx): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  context.addIssue({ code: 'custom', message: `"${text}" is not a port; write a number from 0 to 65535` });
  return z.NEVER;
}

function toSampleInterval(text: string, context: z.RefinementCtx): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000 && ms <= 3_600_000) return ms;
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a duration from 1s to 1h; write for example 30s`,
  });
  return z.NEVER;
}

function toDays(text: string, context: z.RefinementCtx): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= 1 && days <= 3650) return days;
  context.addIssue({ code: 'custom', message: `"${text}" is not a number of days from 1 to 3650` });
  return z.NEVER;
}
