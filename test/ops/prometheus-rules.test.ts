import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { playbookForAlert } from '../../src/core/playbook/match-alert.ts';
import { loadPlaybooks } from '../../src/playbooks/load-playbooks.ts';
import { probeCatalogue } from '../support/probe-catalogue.ts';
import { describeWith } from '../support/requirements.ts';
import { alertRules, alertsThatFire, filesOf, ROOT, RULES_DIRECTORY } from './rule-files.ts';

const run = promisify(execFile);
const ALERTS = alertRules();
const named = ALERTS.map((rule) => [`${rule.alert} ${rule.labels.severity}`, rule] as const);

const { playbooks, problems } = await loadPlaybooks({
  directories: [join(ROOT, 'playbooks')],
  catalogue: await probeCatalogue(),
});

describeWith(['prometheus'], 'the rules in Prometheus', () => {
  it('are valid', async () => {
    const { stdout } = await run('promtool', ['check', 'rules', ...filesOf('.rules.yml')], {
      cwd: RULES_DIRECTORY,
    });
    expect(stdout.match(/SUCCESS/g)).toHaveLength(filesOf('.rules.yml').length);
  });

  it.each(filesOf('.test.yml'))('pass %s', async (file) => {
    await expect(run('promtool', ['test', 'rules', file], { cwd: RULES_DIRECTORY })).resolves.toMatchObject({
      stdout: expect.stringContaining('SUCCESS'),
    });
  });
});

describe('every alert rule', () => {
  it('is in a folder that the loader of playbooks leaves alone', () => {
    expect(problems).toEqual([]);
    expect(playbooks.map(({ name }) => name)).not.toContain('requests.rules');
  });

  it('covers the seven KPIs and what is down', () => {
    expect([...new Set(ALERTS.map(({ alert }) => alert))].sort()).toEqual([
      'AvailabilityBurnRate',
      'AvailabilityProbeFailed',
      'ContainerCPUThrottled',
      'ContainerHighCPUUsage',
      'ContainerOOMKilled',
      'DatabaseDown',
      'HighCPUUsage',
      'HighErrorRate',
      'HighMemoryUsage',
      'HighResponseTime',
      'LowThroughput',
      'RedisDown',
      'SlowDatabase',
      'TargetDown',
      'ThroughputGone',
      'ThroughputMissing',
    ]);
  });

  it.each(named)('%s is triaged by the playbook that it names', (_, { alert, labels }) => {
    const { playbook, ...others } = labels;
    expect(playbookForAlert(playbooks, { alertname: alert, ...others })?.name).toBe(playbook);
  });

  it.each(named)('%s fires in a test, with its text', (name) => {
    expect(alertsThatFire()).toContain(name);
  });

  it.each(named)('%s says what is wrong and where its section is', (_, { alert, annotations }) => {
    expect(annotations.summary).toBeTruthy();
    expect(annotations.description).toBeTruthy();
    expect(annotations.runbook_url).toBe(`docs/alerting.md#${alert.toLowerCase()}`);
    const headings = readFileSync(join(ROOT, 'docs/alerting.md'), 'utf8').match(/^#+ .+$/gm);
    expect(headings).toContain(`### ${alert}`);
  });
});

describeWith(['alertmanager'], 'the configuration of Alertmanager', () => {
  const file = join(ROOT, 'deploy/alertmanager.yml');

  it('is valid', async () => {
    const { stdout } = await run('amtool', ['check-config', file]);
    expect(stdout).toContain('SUCCESS');
  });

  it('sends what fires and what is over to the route of perfbot, in groups that the credential opens', () => {
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({
      route: { group_by: ['alertname', 'service'], group_wait: '10s' },
      receivers: [
        {
          webhook_configs: [
            {
              url: expect.stringMatching(/\/alerts\/alertmanager$/),
              send_resolved: true,
              http_config: { authorization: { type: 'Bearer' } },
            },
          ],
        },
      ],
    });
  });
});
