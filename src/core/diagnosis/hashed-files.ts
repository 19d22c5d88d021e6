import { type Row, textIn } from './cells.ts';

/** The end of a name with a hash of the content: `main-4bd1b696.js`, `index.DiwrgTda.css`. */
const HASH = /[-.](\w{8,})\.(?:m?js|css)$/;
/** What may stand in a configuration as it is. */
const PLAIN = /^\/[\w./@-]+\/$/;

/** The directory of those files of a page that browsers do not keep though their names change with their content; undefined when there is none that holds such files alone. */
export function unkeptDirectory(resources: readonly Row[]): string | undefined {
  const unkept = resources.filter((row) => textIn(row, 'kept') === 'no').map((row) => textIn(row, 'path'));
  const directory = commonDirectory(unkept.filter(isHashed));
  const isTheirs =
    directory !== undefined &&
    PLAIN.test(directory) &&
    resources
      .map((row) => textIn(row, 'path'))
      .every((path) => !path.startsWith(directory) || isHashed(path));
  return isTheirs ? directory : undefined;
}

/** A word is no hash: one has digits, or letters of both kinds. */
function isHashed(path: string): boolean {
  const hash = HASH.exec(path)?.[1] ?? '';
  return /\d/.test(hash) || (/[a-z][A-Z]|[A-Z]{2}/.test(hash) && /[a-z]/.test(hash));
}

function commonDirectory(paths: readonly string[]): string | undefined {
  const [first, ...others] = paths.map((path) => path.split('/').slice(0, -1));
  if (first === undefined) return undefined;
  const end = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  const shared = end < 0 ? first : first.slice(0, end);
  return `${shared.join('/')}/`;
}
