import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isNamedBy } from '../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../src/core/diagnosis/rules.ts';
import { playbookForAlert } from '../../src/core/playbook/match-alert.ts';
import { fieldsAt, playbookJsonSchema } from '../../src/playbooks/json-schema.ts';
import { loadPlaybooks } from '../../src/playbooks/load-playbooks.ts';
import { probeCatalogue } from '../support/probe-catalogue.ts';
import { probesFor } from './needs.ts';

const directory = fileURLToPath(new URL('../../playbooks', import.meta.url));
const catalogue = await probeCatalogue();
const { playbooks, problems } = await loadPlaybooks({ directories: [directory], catalogue });

const causes = RULES.flatMap(({ ids }) => ids);

/** Causes for which a probe is missing, with that probe. */
function undecidable(named: readonly string[], used: readonly string[]): readonly string[] {
  return named.flatMap((id) =>
    probesFor(id)
      .filter((probe) => !used.includes(probe))
      .map((probe) => `${id}: ${probe}`),
  );
}

describe('the shipped playbooks', () => {
  it('are valid', () => {
    expect(problems).toEqual([]);
    expect(playbooks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['high-cpu', 'high-response-time', 'memory', 'status']),
    );
  });

  it.each(['high-response-time', 'high-cpu', 'memory'])('%s has the five steps of the guide', (name) => {
    expect(playbooks.find((playbook) => playbook.name === name)?.steps).toHaveLength(5);
  });

  it('name causes that a rule can find', () => {
    for (const { name, explains } of playbooks) {
      const unknown = explains.filter((pattern) => !causes.some((id) => isNamedBy(id, pattern)));
      expect(unknown, name).toEqual([]);
    }
  });

  it('advise only what a number calls for, in commands without blanks', () => {
    for (const { name, next_steps } of playbooks) {
      for (const step of next_steps) {
        expect(step.if, `${name}: ${step.title}`).toBeDefined();
        expect(`${step.command} ${step.undo}`, name).not.toMatch(/<[^>]+>/);
      }
    }
  });

  it.each(playbooks.filter(({ explains }) => explains.length > 0).map((playbook) => ({ ...playbook })))(
    '$name can decide about every cause that it explains',
    ({ explains, steps }) => {
      const used = steps.flatMap(({ probes }) => probes.map(({ probe }) => probe));
      const named = causes.filter((id) => explains.some((pattern) => isNamedBy(id, pattern)));
      expect(named.length).toBeGreaterThan(0);
      expect(undecidable(named, used)).toEqual([]);
    },
  );

  it.each([
    [
      'error-burst',
      ['app.error_burst', 'app.fd_exhaustion', 'app.pool_leak', 'cache.persistence_failed', 'host.disk_full'],
    ],
    [
      'low-throughput',
      [
        'app.accept_queue_full',
        'app.event_loop_block',
        'net.db_latency',
        'proxy.dropped_connections',
        'proxy.timeout',
      ],
    ],
  ])('%s, which all causes can explain, can decide about those that it is for', (name, named) => {
    const steps = playbooks.find((playbook) => playbook.name === name)?.steps ?? [];
    expect(
      undecidable(
        named,
        steps.flatMap(({ probes }) => probes.map(({ probe }) => probe)),
      ),
    ).toEqual([]);
  });

  it('are held to a table that knows every cause and every probe', () => {
    expect(causes.filter((id) => probesFor(id).length === 0)).toEqual([]);
    const probes = catalogue.map(({ name }) => name);
    expect(causes.flatMap(probesFor).filter((probe) => !probes.includes(probe))).toEqual([]);
  });

  it('have one fallback and one overview', () => {
    expect(playbooks.filter(({ triggers }) => triggers.fallback).map(({ name }) => name)).toEqual([
      'high-response-time',
    ]);
    expect(playbooks.filter(({ overview }) => overview).map(({ name }) => name)).toEqual(['status']);
  });

  it.each([
    ['HighResponseTime', 'high-response-time'],
    ['APIServerLatencyHigh', 'high-response-time'],
    ['HighErrorRate', 'error-burst'],
    ['LowThroughput', 'low-throughput'],
    ['SlowDatabase', 'slow-database'],
    ['PostgresqlDeadLocks', 'slow-database'],
    ['LowCacheHitRatio', 'cache'],
    ['DiskFull', 'disk-io'],
    ['HostOutOfDiskSpace', 'disk-io'],
    ['NetworkErrors', 'network'],
    ['ContainerRestarting', 'crash-loop'],
    ['HighCPUUsage', 'high-cpu'],
    ['CPUThrottlingHigh', 'high-cpu'],
    ['HostHighCpuLoad', 'high-cpu'],
    ['ContainerHighMemoryUsage', 'memory'],
    ['HostOomKillDetected', 'memory'],
    ['RedisOutOfConfiguredMaxmemory', 'cache'],
    ['KubernetesPodCrashLooping', 'crash-loop'],
    ['SomethingNobodyThoughtOf', 'high-response-time'],
  ])('the alert %s runs %s', (alertname, expected) => {
    expect(playbookForAlert(playbooks, { alertname })?.name).toBe(expected);
  });
});

describe('the JSON Schema for editors', () => {
  it('is that of the loader (npx tsx scripts/playbook-schema.ts)', () => {
    const written = JSON.parse(readFileSync(`${directory}/playbook.schema.json`, 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(playbookJsonSchema())));
  });

  it('is named in every playbook', () => {
    for (const { name } of playbooks) {
      expect(readFileSync(`${directory}/${name}.yml`, 'utf8').split('\n')[1]).toBe(
        '# yaml-language-server: $schema=./playbook.schema.json',
      );
    }
  });

  it.each([
    [[], 'deadline'],
    [['steps', 0, 'probes', 2], 'timeout'],
    [['checks', 1, 'warning'], 'times_usual'],
    [['triggers', 'alerts', 0, 'alertname'], 'regex'],
  ])('knows the fields at %j', (path, field) => {
    expect(fieldsAt(path)).toContain(field);
  });
});
