interface Mask {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** What varies from line to line, widest shapes first: a timestamp is not six numbers. */
const MASKS: readonly Mask[] = [
  {
    pattern: /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d| UTC)?/g,
    replacement: '<time>',
  },
  {
    pattern: /\b\d{1,2}[ /][A-Z][a-z]{2}[ /]\d{4}[ :]\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?/g,
    replacement: '<time>',
  },
  { pattern: /\b\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\b/g, replacement: '<time>' },
  { pattern: /\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b/g, replacement: '<time>' },
  { pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, replacement: '<uuid>' },
  { pattern: /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g, replacement: '<ip>' },
  { pattern: /\b0x[0-9a-f]+\b/gi, replacement: '<hex>' },
  { pattern: /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, replacement: '<hex>' },
  { pattern: /(\?)[^\s"']+/g, replacement: '$1<query>' },
  {
    pattern:
      /(?<![A-Za-z_<])-?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?(?=(?:ms|s|m|h|kB|KB|MB|GB|B|%|x)?(?![A-Za-z\d]))/g,
    replacement: '<n>',
  },
  { pattern: /(?<=[_/:=#-]|\b[A-Za-z]{1,20})\d+\b/g, replacement: '<n>' },
];

/** Replaces numbers, times, ids and addresses by their kind, so that lines of one statement look alike. */
export function maskVariables(text: string): string {
  return MASKS.reduce((masked, { pattern, replacement }) => masked.replace(pattern, replacement), text);
}
