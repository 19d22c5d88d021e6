import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../src/core/redact.ts';
import { createLogger, type LoggingOptions } from '../src/logging.ts';

function logged(
  options: Partial<LoggingOptions>,
  write: (log: ReturnType<typeof createLogger>) => void,
): string {
  const lines: string[] = [];
  const redact = createRedactor(['very-secret-value']);
  const output = { write: (line: string) => lines.push(line) };
  write(createLogger({ level: 'info', format: 'json', redact, output, ...options }));
  return lines.join('');
}

describe('createLogger', () => {
  it('writes one JSON object a line with level, time, fields and message', () => {
    const line = logged({}, (log) => log.info({ port: 3000 }, 'listening'));
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.any(String),
      port: 3000,
      msg: 'listening',
    });
    expect(line.endsWith('\n')).toBe(true);
  });

  it('hides secrets in fields, messages, nested keys and stacks', () => {
    const error = new Error('connect to redis://:very-secret-value@cache failed');
    const text = logged({}, (log) => {
      log.error(
        { err: error, deep: { headers: { authorization: 'Bearer abcdefgh' } } },
        'with very-secret-value',
      );
    });
    expect(text).not.toMatch(/very-secret-value|abcdefgh/);
    expect(JSON.parse(text).err.stack).toContain('logging.test.ts');
  });

  it('writes text for people, with the same secrets hidden', () => {
    const text = logged({ format: 'pretty' }, (log) =>
      log.warn({ service: 'api' }, 'slow, very-secret-value'),
    );
    expect(text).toMatch(/WARN.*slow, \[redacted\]/);
    expect(text).toContain('service: "api"');
  });

  it('leaves out what is below its level', () => {
    expect(logged({ level: 'error' }, (log) => log.info({}, 'hello'))).toBe('');
  });

  it.each([
    ['stderr', ''],
    ['stdout', 'hello'],
  ])('writes to %s when told to', (output, onStdout) => {
    const code = `import { createLogger } from './src/logging.ts';
      createLogger({ level: 'info', format: 'json', redact: (text) => text, output: '${output}' }).info({}, 'hello');
      process.exit(0);`;
    const stdout = execFileSync('npx', ['tsx', '--input-type=module', '-e', code], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(stdout.includes('hello')).toBe(onStdout === 'hello');
  });
});
