/** Names and values of environment variables, as given by the caller. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a variable was named that is not set. */
interface MissingVariable {
  readonly path: readonly (string | number)[];
  readonly name: string;
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Replaces `${NAME}` in every text below `value`; what is not set is reported and stays as it is. */
export function substituteEnvironment(
  value: unknown,
  environment: Environment,
  path: readonly (string | number)[] = [],
): { readonly value: unknown; readonly missing: readonly MissingVariable[] } {
  if (typeof value === 'string') return substituteText(value, environment, path);
  if (typeof value !== 'object' || value === null) return { value, missing: [] };
  const missing: MissingVariable[] = [];
  const below = (entry: unknown, key: string | number) => {
    const result = substituteEnvironment(entry, environment, [...path, key]);
    missing.push(...result.missing);
    return result.value;
  };
  const replaced = Array.isArray(value)
    ? value.map(below)
    : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, below(entry, key)]));
  return { value: replaced, missing };
}

function substituteText(text: string, environment: Environment, path: readonly (string | number)[]) {
  const missing: MissingVariable[] = [];
  const value = text.replace(VARIABLE, (whole, name: string) => {
    const found = environment[name];
    if (found !== undefined && found !== '') return found;
    missing.push({ path, name });
    return whole;
  });
  return { value, missing };
}
