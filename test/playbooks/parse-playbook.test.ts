import { describe, expect, it } from 'vitest';
import { parsePlaybook } from '../../src/playbooks/parse-playbook.ts';
import { FAKE_CATALOGUE, VALID } from './fake-catalogue.ts';

const parse = (text: string, name = 'example') =>
  parsePlaybook({ file: `playbooks/${name}.yml`, name, text }, FAKE_CATALOGUE);

describe('parsePlaybook', () => {
  it('reads a valid file under the name of the file', () => {
    const { playbook, problems } = parse(VALID);
    expect(problems).toEqual([]);
    expect(playbook).toMatchObject({
      name: 'example',
      deadline: 60_000,
      steps: [{ probes: [{ probe: 'docker.stats', on: 'system', with: { window: 5 } }] }],
      checks: [{ warning: { kpi: 'cpu' }, critical: { above: 0.95 } }],
    });
  });

  it.each([
    ['an empty file', '', 1, /empty/],
    ['no comment at the start', VALID.replace(/^#.*\n/, ''), 1, /first line must be a comment/],
    ['only the schema comment', VALID.replace(/^#.*/, '# yaml-language-server: $schema=x'), 1, /when to use/],
    [
      'a field of the wrong name',
      VALID.replace('description', 'descripton'),
      3,
      /Did you mean "description"/,
    ],
    [
      'a nested field of the wrong name',
      VALID.replace('with:', 'wiht:'),
      8,
      /no field "wiht".*Did you mean "with"/,
    ],
    ['a missing field', VALID.replace(/^title.*\n/m, ''), 1, /expected string/],
    ['a field twice', VALID.replace('title: Example', 'title: Example\ntitle: Again'), 3, /unique/],
    ['a tab', VALID.replace('    probes:', '\tprobes:'), 6, /tab/],
    [
      'an unknown probe',
      VALID.replace('- probe: docker.stats', '- probe: docker.stat'),
      7,
      /Did you mean "docker.stats"/,
    ],
    [
      'a probe nobody would guess',
      VALID.replace('- probe: docker.stats', '- probe: zz.qq'),
      7,
      /There are: docker.stats/,
    ],
    ['an unknown parameter', VALID.replace('window: 5', 'windw: 5'), 8, /windw/],
    [
      'a parameter of the wrong type',
      VALID.replace('window: 5', 'window: long'),
      8,
      /docker.stats: .*number/,
    ],
    [
      'a check of a probe that no step uses',
      VALID.replace('docker.stats/cpu', 'redis.info/cpu'),
      11,
      /no step uses/,
    ],
    ['a check without a threshold', VALID.replace(/ {4}(warning|critical).*\n/g, ''), 10, /threshold/],
    ['a threshold without a condition', VALID.replace('{ above: 95% }', '{}'), 13, /at least one of above/],
    ['a threshold that is no number', VALID.replace('95%', 'much'), 13, /"much" is not a number/],
    ['an unknown KPI', VALID.replace('kpi: cpu', 'kpi: cpus'), 12, /cpu/],
    ['a duration without a unit', `${VALID}deadline: 60\n`, 14, /string/],
    [
      'a wrong expression',
      `${VALID}triggers: { alerts: [{ alertname: { regex: "(" } }] }\n`,
      14,
      /regular expression/,
    ],
    [
      'a catastrophic expression',
      `${VALID}triggers: { alerts: [{ a: { regex: "(a+)+b" } }] }\n`,
      14,
      /forever/,
    ],
    [
      'a very long expression',
      `${VALID}triggers: { alerts: [{ a: { regex: "${'a'.repeat(201)}" } }] }\n`,
      14,
      /200/,
    ],
    [
      'a step that hangs on what nobody judges',
      `${VALID}next_steps:\n  - title: More\n    if: docker.stats/memory_ratio\n`,
      16,
      /no check judges/,
    ],
    [
      'a name that nothing fills in',
      `${VALID}next_steps:\n  - title: More\n    command: docker stats {container}\n`,
      16,
      /`if`/,
    ],
    ['a list in place of an object', '# When.\n- a\n', 1, /object/],
    ['a huge file', `# When.\n${'# x\n'.repeat(30_000)}`, 1, /longer/],
    ['an alias that leads nowhere', VALID.replace('title: Example', 'title: *nothing'), 1, /alias/i],
  ])('says what is wrong and where: %s', (_, text, line, message) => {
    const { playbook, problems } = parse(text);
    expect(playbook).toBeUndefined();
    expect(problems).toContainEqual(
      expect.objectContaining({
        file: 'playbooks/example.yml',
        line,
        message: expect.stringMatching(message),
      }),
    );
  });

  it('lists several problems at once', () => {
    const text = VALID.replace('description', 'descripton').replace('95%', 'much');
    expect(parse(text).problems.map(({ line }) => line)).toEqual(expect.arrayContaining([3, 13]));
  });

  it('refuses aliases that unfold without end, at once', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'l0: &l0 [x, x]'
        : `l${level}: &l${level} [*l${level - 1}, *l${level - 1}, *l${level - 1}, *l${level - 1}]`,
    );
    const started = performance.now();
    const { problems } = parse(`# When.\n${levels.join('\n')}\n`);
    expect(problems[0]?.message).toMatch(/aliases/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each(['Upper', 'with space', '', '-dash', 'a'.repeat(51)])('refuses the file name "%s"', (name) => {
    expect(parse(VALID, name).problems[0]?.message).toMatch(/file name/);
  });
});
