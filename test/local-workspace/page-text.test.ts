import { describe, expect, it } from 'vitest';
import { COMMAND_WORDS } from '../../src/core/command-words.ts';
import { hintsFor } from '../../src/local-workspace/page/shell/command-hints.ts';
import { reduceWorkspace } from '../../src/local-workspace/page/state/workspace-state.ts';
import { parseMrkdwn } from '../../src/local-workspace/page/text/parse-mrkdwn.ts';
import { showSlackDate } from '../../src/local-workspace/page/text/slack-date.ts';
import { cpuTimeMs } from '../support/cpu-time.ts';
import { emptyScene, fromBot } from './support/page-scene.ts';

const text = (content: string) => ({ kind: 'text', text: content });

describe('parseMrkdwn', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['undoes escaping once', 'a &lt;b&gt; &amp;lt;', [text('a <b> &lt;')]],
    ['leaves single marks alone', '2 * 3 * 4, snake_case_name, ~5', [text('2 * 3 * 4, snake_case_name, ~5')]],
    ['leaves marks between words alone', 'a*b*c', [text('a*b*c')]],
    ['nests', '*_x_*', [{ kind: 'bold', children: [{ kind: 'italic', children: [text('x')] }] }]],
    ['parses nothing in code', '`*a* &lt;b&gt;`', [{ kind: 'code', text: '*a* <b>' }]],
    ['parses nothing in code blocks', '```\n*a*\n```', [{ kind: 'pre', text: '*a*' }]],
    ['keeps a mention without a name', '<@U1>', [{ kind: 'user', id: 'U1' }]],
    ['names a channel', '<#C1|ops>', [{ kind: 'channel', id: 'C1', label: 'ops' }]],
    ['names a group', '<!subteam^S1|@dba>', [{ kind: 'usergroup', id: 'S1', label: '@dba' }]],
    ['shows an unknown command as its label', '<!foo|bar>', [text('bar')]],
    ['keeps a link of another kind as text', '<javascript:alert(1)|x>', [text('x')]],
    ['keeps times and ports as text', 'at 10:15:30 on :8080', [text('at 10:15:30 on :8080')]],
    [
      'leaves a full stop out of a link',
      'see https://a.example/b.',
      [text('see '), { kind: 'link', href: 'https://a.example/b', label: 'https://a.example/b' }, text('.')],
    ],
    ['quotes lines', '&gt; a\n&gt; b\nc', [{ kind: 'quote', children: [text('a\nb')] }, text('c')]],
  ])('%s', (_name, source, nodes) => {
    expect(parseMrkdwn(source)).toEqual(nodes);
  });

  it('makes no links of bare addresses when the text is verbatim', () => {
    expect(parseMrkdwn('https://a.example', { verbatim: true })).toEqual([text('https://a.example')]);
  });

  it('stays fast on long hostile texts', () => {
    const spent = cpuTimeMs(() => {
      for (const part of ['*a ', '```', '`', '<', '_*~', ':a', '&gt; ', 'https://'])
        parseMrkdwn(part.repeat(10_000));
    });
    expect(spent).toBeLessThan(2_000);
  });
});

describe('showSlackDate', () => {
  const at = new Date(2026, 10, 23, 4, 12, 5);
  const seconds = at.getTime() / 1000;
  it.each([
    ['{date_short_pretty} {time}', at.getTime(), /^today 0?4:12/],
    ['{date_pretty}', at.getTime() + 86_400_000, /^yesterday$/],
    ['{date_num}', 0, /2026/],
    ['{ago}', at.getTime() + 3 * 3_600_000, /^3 hours ago$/],
    ['on {nonsense}', 0, /^fallback$/],
  ])('shows %s', (format, now, shown) => {
    expect(showSlackDate({ seconds, format, fallback: 'fallback' }, now)).toMatch(shown);
  });

  it('falls back where there is no moment', () => {
    expect(showSlackDate({ seconds: Number.NaN, format: '{time}', fallback: 'soon' }, 0)).toBe('soon');
  });
});

describe('reduceWorkspace', () => {
  it('takes the same message twice and keeps what the page itself said', () => {
    const message = fromBot(1, { text: 'once' });
    const note = { ...fromBot(2, { text: 'refused' }), id: 'local-1', forUser: 'UME' };
    let state = reduceWorkspace(emptyScene(), { type: 'message', message });
    state = reduceWorkspace(state, { type: 'message', message });
    expect(state?.messages).toEqual([message]);
    state = reduceWorkspace(state, { type: 'ephemeral', ephemeral: note });
    state = reduceWorkspace(state, { type: 'loaded', state: emptyScene() });
    expect(state).toMatchObject({ messages: [], ephemerals: [{ id: 'local-1' }] });
  });
});

describe('hintsFor', () => {
  const { commands } = emptyScene();
  it.each([
    ['hello', 0],
    ['/p', COMMAND_WORDS.length],
    ['/perf st', 1],
    ['/perf status shop', 1],
    ['/perf nothing', 0],
    ['/other', 0],
  ])('gives for %j %i hints', (typed, count) => {
    expect(hintsFor(typed, commands)).toHaveLength(count);
  });
});
