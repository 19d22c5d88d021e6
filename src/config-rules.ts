import { VARIABLE_NAMES } from './config-variables.ts';
import type { Problem } from './core/errors.ts';

/** The variables that are set, trimmed. */
export type Given = Readonly<Record<string, string>>;

/** What one variable asks of another. Read from the raw values, so that it is told together with wrong values. */
export function missingVariables(given: Given): readonly Problem[] {
  const problems: Problem[] = [];
  if (given.SLACK_BOT_TOKEN !== undefined) {
    if (given.SLACK_SIGNING_SECRET === undefined && given.SLACK_APP_TOKEN === undefined) {
      problems.push({
        path: 'SLACK_SIGNING_SECRET',
        message:
          'is missing: SLACK_BOT_TOKEN needs SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode) beside it',
      });
    }
    if (given.PERFBOT_CHANNEL === undefined) {
      problems.push({
        path: 'PERFBOT_CHANNEL',
        message: 'is missing: with Slack, name the channel for alerts (#ops or C0123456789)',
      });
    }
  }
  const host = given.HOST ?? '127.0.0.1';
  const open = given.ALERT_WEBHOOK_TOKEN === undefined && given.ALERT_WEBHOOK_HMAC_SECRET === undefined;
  if (open && !isLoopback(host)) {
    problems.push({
      path: 'ALERT_WEBHOOK_TOKEN',
      message: `is missing: HOST=${host} can be reached from elsewhere; set a token (openssl rand -hex 32) or HOST=127.0.0.1`,
    });
  }
  if ((given.PERFBOT_ROLE === 'web' || given.PERFBOT_ROLE === 'worker') && given.DATABASE_URL === undefined) {
    problems.push({
      path: 'DATABASE_URL',
      message: `is missing: PERFBOT_ROLE=${given.PERFBOT_ROLE} shares a PostgreSQL with the other role, the embedded one cannot be shared`,
    });
  }
  return problems;
}

/** What looks like a mistake and does not prevent the start. */
export function warningsFor(given: Given): readonly Problem[] {
  const warnings: Problem[] = Object.keys(given)
    .filter(
      (name) =>
        name.startsWith('PERFBOT_') && !VARIABLE_NAMES.includes(name) && name !== 'PERFBOT_REQUIRE_SERVICES',
    )
    .map((name) => ({
      path: name,
      message: 'is not a variable of perfbot and has no effect; see .env.example',
    }));
  for (const name of ['SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN']) {
    if (given[name] !== undefined && given.SLACK_BOT_TOKEN === undefined) {
      warnings.push({
        path: name,
        message: 'has no effect without SLACK_BOT_TOKEN: the local workspace is used',
      });
    }
  }
  return warnings;
}

/** Values of the environment that must never be shown. */
export function secretsOf(given: Given): readonly string[] {
  const names = [
    'SLACK_BOT_TOKEN',
    'SLACK_SIGNING_SECRET',
    'SLACK_APP_TOKEN',
    'ALERT_WEBHOOK_TOKEN',
    'ALERT_WEBHOOK_HMAC_SECRET',
  ];
  const passwords = Object.values(given).flatMap((value) => {
    const password =
      /^[a-z][a-z0-9+.-]*:\/\//i.test(value) && URL.canParse(value) ? new URL(value).password : '';
    return password ? [password, decode(password)] : [];
  });
  return [...names.flatMap((name) => given[name] ?? []), ...passwords];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** True for addresses that only this machine can reach. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
