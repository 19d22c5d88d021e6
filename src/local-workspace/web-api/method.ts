import { z } from 'zod';
import type { Workspace } from '../state/workspace.ts';
import { refusalOf, SlackRefusal } from './refusal.ts';

/** What a method may use beside its arguments. */
export interface CallContext {
  readonly workspace: Workspace;
  /** `http://host:port` under which the caller reached us. */
  readonly origin: string;
  /** How long a file is "being processed" after this call, in milliseconds. */
  readonly processingMs: number;
}

export type Answer = Readonly<Record<string, unknown>>;

/** A method of the Web API. Throws SlackRefusal; what it answers gets `ok: true`. */
export type Method = (args: Answer, context: CallContext) => Answer | Promise<Answer>;

/** A method whose arguments pass a schema first. */
export function method<S extends z.ZodType>(
  schema: S,
  run: (args: z.infer<S>, context: CallContext) => Answer | Promise<Answer>,
): Method {
  return (args, context) => {
    const parsed = schema.safeParse(args);
    if (parsed.success) return run(parsed.data, context);
    const problems = parsed.error.issues.map(({ path, message, code, ...issue }) =>
      code === 'invalid_type' &&
      !('input' in issue && issue.input !== undefined) &&
      args[String(path[0])] === undefined
        ? `missing required field: ${path.join('/')}`
        : `${message} [json-pointer:/${path.join('/')}]`,
    );
    throw refusalOf('invalid_arguments', problems);
  };
}

/** JSON in a form field, or the value itself in a JSON body. Anything else is refused with `code`. */
export function json(code: string) {
  return z
    .unknown()
    .optional()
    .transform((value) => {
      if (typeof value !== 'string') return value ?? undefined;
      if (value === '') return undefined;
      try {
        return JSON.parse(value) as unknown;
      } catch {
        throw new SlackRefusal(code);
      }
    });
}

/** `true`, `"true"`, `1` and `"1"`; everything else is false. */
export const flag = z
  .unknown()
  .optional()
  .transform((value) => [true, 'true', 1, '1'].includes(value as never));

/** A whole number, also as text. */
export const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ])
  .pipe(z.number().int());

/** `''` counts as not given. */
export const optionalText = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));
