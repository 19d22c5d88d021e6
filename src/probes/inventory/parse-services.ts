import { closest, distance } from 'fastest-levenshtein';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InputError, type Problem } from '../../core/errors.ts';
import { KPI_NAMES } from '../../core/kpi.ts';
import { ServiceDefinition, ServiceName } from './definition.ts';
import { findDependencyProblems } from './dependencies.ts';
import { type Environment, substituteEnvironment } from './substitute-environment.ts';
import { lineOf } from './yaml-position.ts';

export type ServiceDefinitions = Readonly<Record<string, ServiceDefinition>>;

const ServicesFile = z.strictObject({ services: z.record(ServiceName, ServiceDefinition) });

const KNOWN_KEYS: readonly string[] = ['services', ...Object.keys(ServiceDefinition.shape), ...KPI_NAMES];

/** What is wrong, where; `path` as zod gives it. */
interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Reads the text of a `services.yaml`. @throws InputError with every problem, its path and its line. */
export function parseServices(options: {
  readonly text: string;
  readonly file: string;
  readonly environment: Environment;
}): ServiceDefinitions {
  const { text, file, environment } = options;
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  if (document.errors.length > 0) {
    throw toInputError(
      file,
      document.errors.map(({ message, pos }) => ({
        path: '',
        message: message.split('\n')[0] ?? message,
        file,
        line: counter.linePos(pos[0]).line,
      })),
    );
  }
  const { definitions, complaints } = check(document.toJS(), environment);
  if (complaints.length === 0) return definitions;
  throw toInputError(
    file,
    complaints.map(({ path, message }) => {
      const line = lineOf(document, counter, path);
      return { path: path.join('.'), message, file, ...(line !== undefined && { line }) };
    }),
  );
}

function check(
  content: unknown,
  environment: Environment,
): { definitions: ServiceDefinitions; complaints: readonly Complaint[] } {
  const { value, missing } = substituteEnvironment(content ?? { services: {} }, environment);
  const unset = missing.map(({ path, name }) => ({
    path,
    message: `the environment variable ${name} is not set`,
  }));
  const parsed = ServicesFile.safeParse(value);
  if (parsed.success) {
    const definitions = parsed.data.services;
    return { definitions, complaints: [...unset, ...findDependencyProblems(definitions)] };
  }
  // A value with an unset variable is wrong anyway: one complaint is enough.
  const isUnset = (path: readonly PropertyKey[]) =>
    unset.some((complaint) => complaint.path.join('.') === path.join('.'));
  const others = parsed.error.issues.flatMap(toComplaints).filter(({ path }) => !isUnset(path));
  return { definitions: {}, complaints: [...unset, ...others] };
}

function toComplaints(issue: z.core.$ZodIssue): readonly Complaint[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `unknown key "${key}"${hint(key)}`,
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ path: issue.path, message }));
  }
  return [{ path: issue.path, message: issue.message }];
}

function hint(key: string): string {
  const nearest = closest(key, KNOWN_KEYS as string[]);
  return distance(key, nearest) <= Math.max(2, key.length / 2) ? `; do you mean "${nearest}"?` : '';
}

function toInputError(file: string, problems: readonly Problem[]): InputError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new InputError(
    `${file} has ${count}`,
    problems.map((problem) => ({
      ...problem,
      path: withoutLogin(problem.path),
      message: withoutLogin(problem.message),
    })),
  );
}

/** A syntax error may quote an address, and a key may be one. */
function withoutLogin(text: string): string {
  return text.replace(/:\/\/\S*@/g, '://…@');
}
