import { loadConfig } from '../src/config.ts';
import { parseCommand } from '../src/core/command.ts';
import { InputError } from '../src/core/errors.ts';
import { nearestWord } from '../src/engine/nearest-word.ts';
import { createHttpServer } from '../src/ingress/http-server.ts';
import { SENDERS } from '../src/ingress/senders.ts';
import type { ProbeCatalogue } from '../src/playbooks/catalogue.ts';
import { parsePlaybook } from '../src/playbooks/parse-playbook.ts';
import { parseServices } from '../src/probes/inventory/parse-services.ts';
import {
  BAD_COMMANDS,
  BAD_ENVIRONMENTS,
  BAD_PLAYBOOKS,
  BAD_REQUESTS,
  BAD_SERVICES,
  type BadRequest,
} from './bad-input-cases.ts';
import { code, table } from './markdown.ts';

const LOG = { debug() {}, info() {}, warn() {}, error() {} };
const LONGEST_BODY = 90;

/** The page `docs/bad-input.md`: every example is run, and what came back is written down. */
export async function badInputPage(catalogue: ProbeCatalogue): Promise<string> {
  return [
    '# Bad input and the answer to it',
    'Made by `npm run docs`, which runs every example below and writes down what came back. Nothing here changes any state.',
    '## Requests',
    table(['what is sent', 'request', 'status', 'answer'], await Promise.all(BAD_REQUESTS.map(requestRow))),
    '## Playbooks',
    'A playbook with a problem is left out; the others, and its last valid version, stay in use. `perfbot playbook validate` prints the same lines.',
    table(
      ['what is wrong', 'line', 'answer'],
      Object.entries(BAD_PLAYBOOKS).flatMap(playbookRows(catalogue)),
    ),
    '## services.yaml',
    table(['what is wrong', 'line', 'where', 'answer'], Object.entries(BAD_SERVICES).flatMap(servicesRows)),
    '## Variables',
    'perfbot does not start, lists every problem at once and ends with exit code 2.',
    table(['variables', 'answer'], BAD_ENVIRONMENTS.flatMap(environmentRows)),
    '## Commands',
    'Only the person who typed it sees the answer.',
    table(['typed', 'answer'], BAD_COMMANDS.map(commandRow)),
  ]
    .join('\n\n')
    .concat('\n');
}

async function requestRow({ what, path, method = 'POST', body, headers, guarded }: BadRequest) {
  const server = await createHttpServer({
    host: '127.0.0.1',
    port: 0,
    senders: SENDERS,
    credentials: { token: guarded ? 'right' : undefined, hmacSecret: undefined },
    accept: async ({ alerts }) => ({ accepted: alerts.length, duplicates: 0 }),
    checks: [],
    metrics: async () => ({ contentType: 'text/plain', body: '' }),
    now: () => 0,
    log: LOG,
    closeTimeoutMs: 500,
  });
  try {
    const response = await fetch(new URL(path, server.url), {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    });
    const text = (await response.text()).trim();
    return [what, `${method} ${path} ${code(shorten(body ?? ''))}`, String(response.status), code(text)];
  } finally {
    await server.close();
  }
}

function shorten(text: string): string {
  return text.length <= LONGEST_BODY ? text : `${text.slice(0, LONGEST_BODY)}…`;
}

function playbookRows(catalogue: ProbeCatalogue) {
  return ([what, text]: readonly [string, string]) =>
    parsePlaybook({ file: 'slow.yml', name: 'slow', text }, catalogue).problems.map(
      ({ line, path, message }) => [what, String(line ?? ''), [path, message].filter(Boolean).join(': ')],
    );
}

function servicesRows([what, text]: readonly [string, string]) {
  return problemsOf(() => parseServices({ text, file: 'services.yaml', environment: {} })).map(
    ({ line, path, message }) => [what, String(line ?? ''), path, message],
  );
}

function environmentRows(environment: Readonly<Record<string, string>>) {
  const given = Object.entries(environment)
    .map(([name, value]) => code(`${name}=${value}`))
    .join(' ');
  return problemsOf(() => loadConfig(environment, { terminal: false })).map(({ path, message }) => [
    given,
    `${path} ${message}`,
  ]);
}

function problemsOf(read: () => unknown): InputError['problems'] {
  try {
    read();
    return [{ path: '', message: 'accepted' }];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

function commandRow(text: string): readonly string[] {
  const command = parseCommand(text, nearestWord);
  return [
    code(`/perf ${text}`),
    command.kind === 'refusal' ? `${command.problem} ${command.mend}` : 'understood',
  ];
}
