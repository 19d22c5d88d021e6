/** Names that stand for a service in a query. */
type PlaceholderValues = Readonly<Record<'service' | 'job' | 'container', string | undefined>>;

type Substitution =
  | { readonly kind: 'query'; readonly query: string }
  | { readonly kind: 'impossible'; readonly reason: string };

const PLACEHOLDER = /"?\{\{\s*([\w-]+)\s*\}\}"?/g;

/**
 * Puts values in the place of `{{service}}`, `{{job}}` and `{{container}}`, always as quoted label values, so that no
 * value can change the query. Quotes around a placeholder are allowed and make no difference.
 */
export function substitutePlaceholders(query: string, values: PlaceholderValues): Substitution {
  let reason: string | undefined;
  const substituted = query.replace(PLACEHOLDER, (whole, name: string) => {
    if (!isKnown(name)) {
      reason = `{{${name}}} is not known; there are {{service}}, {{job}} and {{container}}`;
      return whole;
    }
    const value = values[name];
    if (value === undefined) reason = `there is no ${name} to put in the place of {{${name}}}`;
    return quoteLabelValue(value ?? '');
  });
  return reason === undefined ? { kind: 'query', query: substituted } : { kind: 'impossible', reason };
}

/** A PromQL string literal with exactly this value; JSON's escapes are a subset of Go's, which PromQL uses. */
export function quoteLabelValue(value: string): string {
  return JSON.stringify(value);
}

function isKnown(name: string): name is keyof PlaceholderValues {
  return name === 'service' || name === 'job' || name === 'container';
}
