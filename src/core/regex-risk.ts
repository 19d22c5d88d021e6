const LONGEST = 200;

/**
 * Why a regular expression may not be used for labels, or undefined when it may: labels come from outside, and a
 * pattern whose repeated group repeats inside itself needs exponential time on the wrong text.
 */
export function regexRisk(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return `is longer than ${LONGEST} characters; write several shorter ones`;
  if (repeatsRepetition(pattern))
    return 'repeats a group that repeats inside itself, which can take forever; take one repetition away';
  if ((pattern.match(/\.[*+]/g) ?? []).length > 4)
    return 'has more than four times .* or .+, which can take very long; write several shorter ones';
  return undefined;
}

/** True for `(a+)+` and its like: a repeated group that holds a repetition or alternatives. */
function repeatsRepetition(pattern: string): boolean {
  let plain = pattern
    .replace(/\\./g, 'a')
    .replace(/\[[^\]]*\]/g, 'a')
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(');
  for (;;) {
    const [group, inside = '', quantifier] = /\(([^()]*)\)([*+]|\{\d+,\d*\})?/.exec(plain) ?? [];
    if (group === undefined) return false;
    const repeats = /[*+|]|\{\d+,\}/.test(inside);
    if (repeats && quantifier !== undefined) return true;
    plain = plain.replace(group, () => (repeats || quantifier !== undefined ? 'a*' : 'a'));
  }
}
