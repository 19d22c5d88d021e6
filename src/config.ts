import { existsSync } from 'node:fs';
import { type Given, missingVariables, secretsOf, warningsFor } from './config-rules.ts';
import { type PROCESS_ROLES, Variables } from './config-variables.ts';
import { InputError, type Problem } from './core/errors.ts';
import type { LogFormat, LogLevel } from './logging.ts';

const DAY_MS = 24 * 60 * 60_000;

/** How Slack is reached. Socket Mode wins when both are configured. */
type SlackMode =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string };

interface SlackConfig {
  readonly botToken: string;
  readonly mode: SlackMode;
  /** Base URL of the Web API, ends in `/api/`; undefined: Slack's own. */
  readonly apiUrl: string | undefined;
}

/** Everything that the environment decides, checked. Durations in milliseconds. */
export interface Config {
  readonly role: (typeof PROCESS_ROLES)[number];
  readonly http: { readonly host: string; readonly port: number };
  /** Undefined: the local workspace stands in for Slack. */
  readonly slack: SlackConfig | undefined;
  readonly channel: string;
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** What senders of alerts must present; both undefined only on a loopback address. */
  readonly alerts: { readonly token: string | undefined; readonly hmacSecret: string | undefined };
  readonly dockerHost: string | undefined;
  /** Where published ports of containers are reached; undefined: on this machine, or on that of `dockerHost`. */
  readonly publishedHost: string | undefined;
  readonly prometheusUrl: string | undefined;
  readonly jaegerUrl: string | undefined;
  readonly grafanaUrl: string | undefined;
  /** Browser for page audits; undefined: it is searched for. */
  readonly chromePath: string | undefined;
  /** `required`: somebody asked for this file, so its absence is an error. */
  readonly services: { readonly path: string; readonly required: boolean };
  readonly playbookDirectories: readonly string[];
  readonly timezone: string;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  readonly dataDirectory: string;
  readonly sampleIntervalMs: number;
  /** The monitor raises alerts of its own. */
  readonly monitorAlerts: boolean;
  /** Deliveries, groups, runs, charts and messages are kept for so long. */
  readonly keepMs: number;
  readonly zone: string;
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
  /** What looks like a mistake and does not prevent the start. */
  readonly warnings: readonly Problem[];
}

/** The environment of this process, with what a `.env` file in the working directory adds. Set variables win. */
export function readEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/**
 * Checks the environment. An empty variable counts as not set.
 * @throws InputError that lists every problem at once; `path` is the variable.
 */
export function loadConfig(env: NodeJS.ProcessEnv, { terminal }: { readonly terminal: boolean }): Config {
  const given: Given = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
  const parsed = Variables.safeParse(given);
  const problems: Problem[] = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));
  problems.push(...missingVariables(given));
  if (!parsed.success || problems.length > 0) {
    throw new InputError(`${problems.length} problem(s) in the environment`, problems);
  }
  return toConfig(parsed.data, given, terminal);
}

function toConfig(variables: Variables, given: Given, terminal: boolean): Config {
  return {
    role: variables.PERFBOT_ROLE,
    http: { host: variables.HOST, port: variables.PORT },
    slack: toSlack(variables),
    channel: variables.PERFBOT_CHANNEL ?? '#general',
    databaseUrl: variables.DATABASE_URL,
    redisUrl: variables.REDIS_URL,
    alerts: { token: variables.ALERT_WEBHOOK_TOKEN, hmacSecret: variables.ALERT_WEBHOOK_HMAC_SECRET },
    dockerHost: variables.DOCKER_HOST,
    publishedHost: variables.PERFBOT_PUBLISHED_HOST,
    prometheusUrl: variables.PROMETHEUS_URL,
    jaegerUrl: variables.JAEGER_URL,
    grafanaUrl: variables.GRAFANA_URL,
    chromePath: variables.CHROME_PATH,
    services: {
      path: variables.PERFBOT_SERVICES ?? 'services.yaml',
      required: variables.PERFBOT_SERVICES !== undefined,
    },
    playbookDirectories: variables.PERFBOT_PLAYBOOKS,
    timezone: variables.PERFBOT_TIMEZONE,
    log: { level: variables.LOG_LEVEL, format: variables.LOG_FORMAT ?? (terminal ? 'pretty' : 'json') },
    dataDirectory: variables.PERFBOT_DATA_DIR,
    sampleIntervalMs: variables.PERFBOT_SAMPLE_INTERVAL,
    monitorAlerts: variables.PERFBOT_MONITOR_ALERTS === 'on',
    keepMs: variables.PERFBOT_KEEP_DAYS * DAY_MS,
    zone: variables.PERFBOT_ZONE,
    secrets: secretsOf(given),
    warnings: warningsFor(given),
  };
}

function toSlack({
  SLACK_BOT_TOKEN,
  SLACK_APP_TOKEN,
  SLACK_SIGNING_SECRET,
  SLACK_API_URL,
}: Variables): SlackConfig | undefined {
  if (SLACK_BOT_TOKEN === undefined) return undefined;
  const mode: SlackMode =
    SLACK_APP_TOKEN === undefined
      ? { kind: 'http', signingSecret: SLACK_SIGNING_SECRET ?? '' }
      : { kind: 'socket', appToken: SLACK_APP_TOKEN };
  return { botToken: SLACK_BOT_TOKEN, mode, apiUrl: SLACK_API_URL };
}
