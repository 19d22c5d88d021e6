import { describe, expect, it } from 'vitest';
import { combinePlaybooks, findCombined, playbooksForSymptoms } from '../../../src/core/playbook/combine.ts';
import { type Playbook, PlaybookDefinition } from '../../../src/core/playbook/playbook.ts';

function playbook(name: string, definition: Record<string, unknown> = {}): Playbook {
  return {
    ...PlaybookDefinition.parse({
      title: `Title of ${name}`,
      description: name,
      steps: [{ title: name, probes: [{ probe: 'host.load' }] }],
      ...definition,
    }),
    name,
  };
}

const check = { title: 'CPU', metric: 'host.load/cpu_busy_ratio', warning: { above: 0.8 } };
const CPU = playbook('cpu', {
  triggers: { symptoms: ['high_cpu'] },
  explains: ['host.*'],
  deadline: '30s',
  checks: [check],
});
const DISK = playbook('disk', {
  triggers: { symptoms: ['disk_io', 'high_cpu'] },
  explains: ['host.*', 'db.*'],
  deadline: '45s',
  checks: [
    { ...check, title: 'The same in other words' },
    { ...check, warning: { above: 0.9 } },
  ],
});

describe('combinePlaybooks', () => {
  it('makes one playbook of several, with everything once', () => {
    const both = combinePlaybooks([CPU, DISK]);
    expect(both).toMatchObject({ name: 'cpu+disk', title: 'Title of cpu, Title of disk', deadline: 55_000 });
    expect(both?.explains).toEqual(['host.*', 'db.*']);
    expect(both?.steps.map(({ title }) => title)).toEqual(['cpu', 'disk']);
    expect(both?.checks.map(({ warning }) => warning?.above)).toEqual([0.8, 0.9]);
  });

  it('lets every cause explain the trouble when it can for one of them', () => {
    expect(combinePlaybooks([CPU, playbook('any')])?.explains).toEqual([]);
  });

  it('leaves one as it is, and has nothing for none', () => {
    expect(combinePlaybooks([CPU])).toBe(CPU);
    expect(combinePlaybooks([])).toBeUndefined();
  });
});

describe('findCombined', () => {
  const find = (name: string) => [CPU, DISK].find((known) => known.name === name);
  it.each([
    ['cpu', 'cpu'],
    ['cpu+disk', 'cpu+disk'],
    ['cpu+gone', undefined],
    ['', undefined],
  ])('%s', (name, expected) => {
    expect(findCombined(name, find)?.name).toBe(expected);
  });
});

describe('playbooksForSymptoms', () => {
  it('names each playbook once', () => {
    expect(playbooksForSymptoms([CPU, DISK], ['high_cpu', 'disk_io'])).toEqual([CPU, DISK]);
    expect(playbooksForSymptoms([CPU, DISK], ['network'])).toEqual([]);
  });
});
