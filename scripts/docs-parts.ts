import { readFileSync } from 'node:fs';
import { COMMAND_WORDS } from '../src/core/command-words.ts';
import type { Playbook } from '../src/core/playbook/playbook.ts';
import type { Probe } from '../src/engine/ports/probe.ts';
import { createMetrics } from '../src/ingress/metrics.ts';
import { code, table } from './markdown.ts';

export interface DocsSources {
  readonly probes: readonly Probe[];
  readonly playbooks: readonly Playbook[];
}

/** Parts of the documentation that are made from the program, by the name in their `<!-- made:NAME -->` mark. */
export async function docsParts({
  probes,
  playbooks,
}: DocsSources): Promise<Readonly<Record<string, string>>> {
  return {
    commands: table(
      ['command', 'what it does'],
      COMMAND_WORDS.map(({ usage, purpose }) => [code(`/perf ${usage}`), purpose]),
    ),
    playbooks: table(
      ['playbook', 'when'],
      playbooks.map(({ name, description }) => [code(name), description]),
    ),
    probes: table(
      ['probe', 'looks at', 'kind of target', 'cost', 'deadline'],
      probes.map(({ name, title, targetKind, cost, timeoutMs }) => [
        code(name),
        title,
        targetKind,
        cost,
        `${timeoutMs / 1000} s`,
      ]),
    ),
    variables: variables(readFileSync(new URL('../.env.example', import.meta.url), 'utf8')),
    metrics: await metrics(),
  };
}

/** Every variable of `.env.example`: `# text` above `# NAME=example`, under `# --- heading ---`. */
function variables(text: string): string {
  const parts = text.split(/^# --- (.+) ---$/m).slice(1);
  const sections: string[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const rows: string[][] = [];
    let words: string[] = [];
    for (const line of (parts[index + 1] ?? '').split('\n')) {
      const [, name, example = ''] = /^#? ?([A-Z_]+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) {
        rows.push([code(name), code(example), words.join(' ')]);
        // One sentence may stand above several variables.
        continue;
      }
      if (rows.length > 0 && rows.at(-1)?.[2] === words.join(' ')) words = [];
      if (line.startsWith('# ')) words.push(line.slice(2));
    }
    sections.push(`### ${parts[index]}\n\n${table(['variable', 'example', 'meaning'], rows)}`);
  }
  return sections.join('\n\n');
}

async function metrics(): Promise<string> {
  const own = createMetrics();
  own.watchStale(async () => 0);
  own.watchQueues(async () => ({}));
  const { body } = await own.render();
  own.close();
  const kinds = new Map([...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]));
  const rows = [...body.matchAll(/^# HELP (\S+) (.+)$/gm)]
    .filter(([, name = '']) => !/^perfbot_(nodejs|process)_/.test(name))
    .map(([, name = '', help = '']) => [code(name), kinds.get(name) ?? '', help]);
  return table(['metric', 'kind', 'what it counts'], rows);
}
