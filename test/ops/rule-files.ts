import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const RULES_DIRECTORY = join(ROOT, 'playbooks/prometheus');

const Alert = z.object({
  alert: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
const RuleFile = z.object({
  groups: z.array(
    z.object({ rules: z.array(z.union([Alert, z.object({ record: z.string(), expr: z.string() })])) }),
  ),
});
const TestFile = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z
        .array(
          z.object({
            alertname: z.string(),
            exp_alerts: z.array(z.object({ exp_labels: z.record(z.string(), z.string()) })),
          }),
        )
        .default([]),
    }),
  ),
});

/** The files of `playbooks/prometheus` with this ending, as `requests.rules.yml`. */
export function filesOf(ending: '.rules.yml' | '.test.yml'): readonly string[] {
  return readdirSync(RULES_DIRECTORY).filter((name) => name.endsWith(ending));
}

/** Every alerting rule of all files. */
export function alertRules(): readonly z.infer<typeof Alert>[] {
  return filesOf('.rules.yml')
    .flatMap((file) => RuleFile.parse(readYaml(file)).groups)
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => ('alert' in rule ? [rule] : []));
}

/** `name severity` of every alert that some test expects to fire, text and all. */
export function alertsThatFire(): ReadonlySet<string> {
  const expectations = filesOf('.test.yml')
    .flatMap((file) => TestFile.parse(readYaml(file)).tests)
    .flatMap(({ alert_rule_test }) => alert_rule_test);
  return new Set(
    expectations.flatMap(({ alertname, exp_alerts }) =>
      exp_alerts.map(({ exp_labels }) => `${alertname} ${exp_labels.severity}`),
    ),
  );
}

function readYaml(file: string): unknown {
  return parse(readFileSync(join(RULES_DIRECTORY, file), 'utf8'));
}
