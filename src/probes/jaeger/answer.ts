import type { ProbeError } from '../../core/errors.ts';
import type { HttpAnswer } from '../http-client.ts';
import { type HttpServer, toStatusError, toTooLargeError } from '../http-errors.ts';
import { V3Error } from './schemas.ts';

/** Jaeger in the words of errors. */
export const JAEGER: HttpServer = {
  name: 'Jaeger',
  setting: 'JAEGER_URL',
  mend: 'check JAEGER_URL: the address at which Jaeger shows its pages, usually port 16686',
};

/** Twenty traces of some hundred spans are below this. */
export const MOST_BYTES = 5 * 1024 * 1024;

/** An answer of Jaeger: its JSON values, one for each line where it streams; undefined: the body is no JSON. */
export interface JaegerAnswer {
  readonly status: number;
  readonly values: readonly unknown[] | undefined;
}

/** Reads the JSON of an answer. @throws ProbeError `overloaded` for more than 5 MB. */
export function readValues({ status, text, cut }: HttpAnswer): JaegerAnswer {
  if (cut) throw toTooLargeError(JAEGER, MOST_BYTES, 'ask for fewer: with: { traces: 5 } in the playbook');
  return { status, values: parseJson(text) };
}

function parseJson(text: string): readonly unknown[] | undefined {
  for (const parts of [[text], text.split('\n').filter((line) => line.trim() !== '')]) {
    try {
      return parts.map((part): unknown => JSON.parse(part));
    } catch {
      // Then it is one value on each line, or no JSON at all.
    }
  }
  return undefined;
}

/** What Jaeger says of a request that it refused. */
export function toRefusal({ status, values }: JaegerAnswer): ProbeError {
  const said = V3Error.safeParse(values?.[0]);
  return toStatusError(JAEGER, status, said.success ? said.data.error.message : undefined);
}
