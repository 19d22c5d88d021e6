import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { parseGeneric } from '../../src/ingress/generic.ts';
import { describeWith } from '../support/requirements.ts';
import { alertRules, ROOT } from './rule-files.ts';

const guide = readFileSync(join(ROOT, 'docs/alerting.md'), 'utf8');
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const ofPrometheus = blocks.filter(({ text }) => text.startsWith('# prometheus.yml'));

describe('the guide to alerting', () => {
  it('links to files and headings that exist', () => {
    const slugs = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, target = ''] of guide.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(slugs).toContain(target.slice(1));
      else expect(existsSync(join(ROOT, 'docs', target)), target).toBe(true);
    }
  });

  it('names every alert in the table of rules', () => {
    const table = guide.slice(guide.indexOf('## The rules'), guide.indexOf('**Names of metrics.**'));
    for (const { alert } of alertRules()) expect(table).toContain(alert);
  });

  it('shows JSON that the generic route reads', () => {
    const [example, datadog] = blocks.filter(({ language }) => language === 'json');
    const startedAt = Date.parse('2025-01-15T09:30:00Z');
    const text = example?.text ?? '';
    const over = parseGeneric(text.replace('"firing"', '"resolved"'), startedAt + 60_000).alerts[0];
    expect(over?.status).toBe('resolved');
    expect(parseGeneric(text, startedAt + 60_000).alerts).toMatchObject([
      {
        status: 'firing',
        fingerprint: over?.fingerprint,
        startsAt: startedAt,
        labels: { alertname: 'HighResponseTime', service: 'backend', severity: 'critical' },
        generatorUrl: 'https://monitor.example/alerts/42',
      },
    ]);
    const sent = (datadog?.text ?? '')
      .replace('$EVENT_TITLE', '[Recovered] Backend is slow')
      .replace('$ALERT_TRANSITION', 'Recovered')
      .replace('$ALERT_CYCLE_KEY', '4711')
      .replace('$TAGS[service]', 'backend');
    expect(parseGeneric(sent, startedAt).alerts).toMatchObject([
      { status: 'resolved', labels: { service: 'backend' } },
    ]);
  });

  it('shows YAML that can be read', () => {
    const yaml = blocks.filter(({ language }) => language === 'yaml');
    expect(yaml).toHaveLength(3);
    for (const { text } of yaml) expect(() => parse(text)).not.toThrow();
  });
});

describeWith(['prometheus'], 'the configuration of Prometheus in the guide', () => {
  it('is valid', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfbot-guide-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    expect(ofPrometheus).toHaveLength(2);
    for (const { text } of ofPrometheus) {
      const file = join(directory, 'prometheus.yml');
      writeFileSync(file, text);
      const { stdout } = await promisify(execFile)('promtool', ['check', 'config', '--syntax-only', file]);
      expect(stdout).toContain('SUCCESS');
    }
  });
});
