import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildPerfbot } from './support/build-perfbot.ts';
import { removeDirectory } from './support/perfbot.ts';
import { runTerminal } from './support/terminal.ts';

const EvidenceLine = z.object({
  probe: z.string(),
  metric: z.string(),
  value: z.unknown(),
  unit: z.string().nullable(),
  usual: z.unknown(),
  threshold: z.unknown(),
  text: z.string(),
});

/** The object that the contract promises. */
const ReportObject = z.object({
  run_id: z.string().min(1),
  playbook: z.literal('high-cpu'),
  service: z.string().nullable(),
  started_at: z.iso.datetime(),
  duration_ms: z.number().positive(),
  severity: z.enum(['ok', 'unknown', 'warning', 'critical']),
  causes: z.array(
    z.object({
      id: z.string().regex(/^[a-z]+\.[a-z0-9_]+$/),
      title: z.string(),
      confidence: z.number().min(0).max(1),
      evidence: z.array(EvidenceLine).min(1),
      against: z.array(EvidenceLine),
      advice: z.array(z.unknown()),
    }),
  ),
  ruled_out: z.array(z.object({ id: z.string(), reason: z.string() })),
  findings: z.array(z.unknown()),
  unavailable: z.array(
    z.object({ probe: z.string(), reason: z.string(), mend: z.string().nullable() }).loose(),
  ),
  looked_at: z
    .array(
      z.object({
        probe: z.string(),
        target: z.string(),
        cost: z.enum(['light', 'moderate', 'heavy']),
        duration_ms: z.number().nonnegative(),
      }),
    )
    .min(1),
  charts: z.array(z.string()),
});

/** Looks at perfbot itself only, so that the result does not depend on what the machine does. */
function playbook(limit: number): string {
  return `# When a test wants a result that does not depend on the machine.
title: Memory of perfbot
description: for a test
steps:
  - title: Look at itself
    probes: [{ probe: process.self, on: all, with: { window: 200ms } }]
checks:
  - title: Memory
    metric: process.self/rss_bytes
    warning: { above: ${limit} }
`;
}

describe('perfbot in a terminal', () => {
  let directory: string;

  beforeAll(async () => {
    await buildPerfbot();
    directory = mkdtempSync(join(tmpdir(), 'perfbot-e2e-'));
    mkdirSync(join(directory, 'own'));
    writeFileSync(join(directory, 'own', 'fine.yml'), playbook(1e12));
    writeFileSync(join(directory, 'own', 'fat.yml'), playbook(1));
  }, 120_000);
  afterAll(() => removeDirectory(directory));

  const own = { PERFBOT_PLAYBOOKS: 'own' };

  it('prints the report as one object, with charts as files, and exits with 1 only for a finding', async () => {
    const { code, stdout } = await runTerminal(directory, [
      'run',
      'high-cpu',
      '--json',
      '--charts',
      'pictures',
    ]);
    const report = ReportObject.parse(JSON.parse(stdout));
    expect(code).toBe(['warning', 'critical'].includes(report.severity) ? 1 : 0);
    expect(report.charts.length).toBeGreaterThan(0);
    for (const path of report.charts) {
      const bytes = readFileSync(join(directory, path));
      expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    }
  }, 150_000);

  it('exits with 0 when all is well, with 1 for a finding, and with 0 for one below --fail-on', async () => {
    const fine = await runTerminal(directory, ['run', 'fine', '--json'], own);
    expect(JSON.parse(fine.stdout)).toMatchObject({ severity: 'ok', causes: [] });
    expect(fine.code).toBe(0);
    const fat = await runTerminal(directory, ['run', 'fat'], own);
    expect(fat.code).toBe(1);
    expect(fat.stdout).toContain('Memory of perfbot');
    expect(fat.stdout).toMatch(/light: process\.self on perfbot \d/);
    expect((await runTerminal(directory, ['run', 'fat', '--fail-on', 'critical'], own)).code).toBe(0);
  }, 120_000);

  it.each([
    ['an unknown playbook', ['run', 'high-cpuu'], {}, /^perfbot: .*Did you mean "high-cpu"\?/],
    ['an unknown service', ['run', 'fine', 'hosst'], own, /Did you mean "host"\?/],
    ['an unknown option', ['run', 'fine', '--jsno'], own, /--jsno/],
    [
      'a wrong environment',
      ['run', 'fine'],
      { ...own, PORT: 'abc', LOG_LEVEL: 'loud' },
      /PORT[\s\S]*LOG_LEVEL/,
    ],
    [
      'a broken inventory',
      ['run', 'fine'],
      { ...own, PERFBOT_SERVICES: 'not-there.yaml' },
      /not-there\.yaml/,
    ],
  ] as const)(
    'exits with 2 for %s, says why on standard error and prints no result',
    async (_, args, env, why) => {
      const { code, stdout, stderr } = await runTerminal(directory, args, env);
      expect(stderr).toMatch(why);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    },
    90_000,
  );

  it('validates playbooks: 0 for good ones, 2 with file and line for a bad one', async () => {
    expect(await runTerminal(directory, ['playbook', 'validate'])).toMatchObject({ code: 0 });
    mkdirSync(join(directory, 'bad'), { recursive: true });
    writeFileSync(join(directory, 'bad', 'typo.yml'), playbook(1).replace('process.self,', 'process.shelf,'));
    const { code, stdout } = await runTerminal(directory, ['playbook', 'validate', 'bad']);
    expect(stdout).toMatch(/typo\.yml:\d+/);
    expect(code).toBe(2);
  }, 150_000);

  it('doctor says what is configured', async () => {
    const { code, stdout } = await runTerminal(directory, ['doctor'], {
      DATABASE_URL: 'postgres://nobody:secret-pw@127.0.0.1:9/none',
    });
    expect(stdout).toMatch(/FAILED.*/);
    expect(stdout).not.toContain('secret-pw');
    expect(code).toBe(1);
  }, 120_000);
});
