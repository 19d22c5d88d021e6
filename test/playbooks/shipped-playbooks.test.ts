import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isNamedBy } from '../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../src/core/diagnosis/rules.ts';
import { playbookForAlert } from '../../src/core/playbook/match-alert.ts';
import { fieldsAt, playbookJsonSchema } from '../../src/playbooks/json-schema.ts';
import { loadPlaybooks } from '../../src/playbooks/load-playbooks.ts';
import { probeCatalogue } from '../support/probe-catalogue.ts';

const directory = fileURLToPath(new URL('../../playbooks', import.meta.url));
const catalogue = await probeCatalogue();
const { playbooks, problems } = await loadPlaybooks({ directories: [directory], catalogue });

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
    const known = RULES.flatMap(({ ids }) => ids);
    for (const { name, explains } of playbooks) {
      const unknown = explains.filter((pattern) => !known.some((id) => isNamedBy(id, pattern)));
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
