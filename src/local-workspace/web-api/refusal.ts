import { type BlockKitProblem, isObject } from '../../core/block-kit/rule.ts';

/** What Slack answers instead: `{ ok: false, error: code, … }`. */
export class SlackRefusal extends Error {
  override readonly name = 'SlackRefusal';
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(code: string, more: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }

  /** The answer as Slack would send it. */
  get answer(): Readonly<Record<string, unknown>> {
    return { ok: false, error: this.code, ...this.more };
  }
}

/** A refusal that lists what is wrong in the arguments. */
export function refusalOf(code: string, messages: readonly string[]): SlackRefusal {
  return new SlackRefusal(code, {
    errors: messages,
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}

/** Refuses when rules of Block Kit are broken; advice for people with screen readers is no reason. */
export function refuseBroken(problems: readonly BlockKitProblem[]): void {
  const broken = problems.filter(({ code }) => code !== 'advised');
  const [first] = broken;
  if (first === undefined) return;
  throw refusalOf(
    first.code,
    broken
      .filter(({ code }) => code === first.code)
      .map(({ path, message }) => `${message} [json-pointer:${path}]`),
  );
}

/** What objects anywhere inside hold under `key`, each with its place as a JSON pointer. */
export function findDeep(
  value: unknown,
  key: string,
  path = '',
): readonly { path: string; found: unknown }[] {
  if (Array.isArray(value)) {
    return value.flatMap((entry: unknown, index) => findDeep(entry, key, `${path}/${index}`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    name === key ? [{ path: `${path}/${name}`, found: entry }] : findDeep(entry, key, `${path}/${name}`),
  );
}
