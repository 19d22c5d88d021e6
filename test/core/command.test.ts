import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/command.ts';
import { COMMAND_WORDS } from '../../src/core/command-words.ts';
import { splitWords } from '../../src/core/split-words.ts';
import { nearestWord } from '../../src/engine/nearest-word.ts';

const parse = (text: string) => parseCommand(text, nearestWord);

describe('parseCommand', () => {
  const understood: readonly [string, object][] = [
    ['', { kind: 'help' }],
    ['   ', { kind: 'help' }],
    ['help', { kind: 'help' }],
    ['HELP', { kind: 'help' }],
    ['status', { kind: 'status', service: undefined }],
    ['  Status   shop-api ', { kind: 'status', service: 'shop-api' }],
    ['status "Shop API"', { kind: 'status', service: 'Shop API' }],
    ['status “Shop API”', { kind: 'status', service: 'Shop API' }],
    ['status ‘it’', { kind: 'status', service: 'it' }],
    ['status a&amp;b', { kind: 'status', service: 'a&b' }],
    ['run high-cpu', { kind: 'run', playbook: 'high-cpu', service: undefined }],
    ['run high-cpu shop-api', { kind: 'run', playbook: 'high-cpu', service: 'shop-api' }],
    ['playbooks', { kind: 'playbooks' }],
    ['alerts', { kind: 'alerts' }],
    ['ack h4f2a', { kind: 'ack', id: 'h4f2a' }],
    ['history', { kind: 'history', service: undefined }],
    ['history shop-api', { kind: 'history', service: 'shop-api' }],
    ['show r1', { kind: 'show', run: 'r1' }],
    ['baseline', { kind: 'baseline', service: undefined, update: false }],
    ['baseline api', { kind: 'baseline', service: 'api', update: false }],
    ['baseline update', { kind: 'baseline', service: undefined, update: true }],
    ['trends', { kind: 'trends', days: 7, service: undefined }],
    ['trends 30d', { kind: 'trends', days: 30, service: undefined }],
    ['trends api 30D', { kind: 'trends', days: 30, service: 'api' }],
    ['trends week', { kind: 'weekly_report', service: undefined }],
    ['trends api Week', { kind: 'weekly_report', service: 'api' }],
    ['profile api cpu', { kind: 'profile', service: 'api', profile: 'cpu', windowMs: undefined }],
    ['profile api HEAP 10S', { kind: 'profile', service: 'api', profile: 'heap', windowMs: 10_000 }],
    [
      'profile "Shop API" cpu 1500ms',
      { kind: 'profile', service: 'Shop API', profile: 'cpu', windowMs: 1500 },
    ],
    ['/status', { kind: 'status', service: undefined }],
  ];
  it.each(understood)('understands %j', (text, expected) => expect(parse(text)).toEqual(expected));

  const refused: readonly [string, RegExp, RegExp][] = [
    ['statsu', /`statsu`.*Did you mean `status`/, /`\/perf status shop-api`/],
    ['play', /Did you mean `playbooks`/, /playbooks/],
    ['xyzzy', /I don't know the word `xyzzy`/, /\/perf help/],
    ['run', /needs more: `run <playbook> \[service\]`/, /run high-cpu/],
    ['ack', /needs more/, /ack/],
    ['show', /needs more/, /show/],
    ['status a b', /don't understand `b`/, /status shop-api/],
    ['alerts now', /don't understand `now`/, /alerts/],
    ['`rm` x', /`'rm'`/, /help/],
    ['silence service=a', /needs a duration/, /1h/],
    ['silence service="a 1h', /not closed/, /service=shop-api/],
    ['profile', /needs more: `profile <service> cpu\|heap \[10s\]`/, /profile shop-api cpu 10s/],
    ['profile api', /Which profile\? There are `cpu` and `heap`/, /profile shop-api cpu 10s/],
    ['profile api heep', /I don't know the profile `heep`. Did you mean `heap`\?/, /cpu 10s/],
    ['profile cpu api', /I don't know the profile `api`. There are `cpu` and `heap`/, /cpu 10s/],
    ['profile api cpu 10', /`10` is not a duration/, /cpu 10s/],
    ['profile api cpu 11s', /takes 1 s to 10 s, not `11s`/, /cpu 10s/],
    ['profile api cpu 500ms', /takes 1 s to 10 s, not `500ms`/, /cpu 10s/],
    ['profile api cpu 5s now', /don't understand `now`/, /cpu 10s/],
    ['trends 9d', /I don't understand `9d` behind `trends`/, /7d, 30d or week/],
    ['trends 7d week', /I don't understand `7d week`/, /7d, 30d or week/],
    ['trends api web', /I don't understand `api web`/, /trends 30d/],
  ];
  it.each(refused)('refuses %j and says how to mend it', (text, problem, mend) => {
    const answer = parse(text);
    expect(answer).toMatchObject({ kind: 'refusal' });
    if (answer.kind !== 'refusal') return;
    expect(answer.problem).toMatch(problem);
    expect(answer.mend).toMatch(mend);
  });

  it('has an example that it understands for every word', () => {
    for (const { word, example } of COMMAND_WORDS) expect(parse(example).kind).toBe(word);
  });

  it('keeps the echo of a very long word short', () => {
    const answer = parse('x'.repeat(10_000));
    expect(JSON.stringify(answer).length).toBeLessThan(300);
  });
});

describe('splitWords', () => {
  it.each([
    ['a  b', ['a', 'b']],
    ['"a b" c', ['a b', 'c']],
    ['„a b“ «c d»', ['a b', 'c d']],
    ['"" a', ['a']],
    ['a "b', ['a', '"b']],
  ])('%j', (text, expected) => expect(splitWords(text)).toEqual(expected));
});
