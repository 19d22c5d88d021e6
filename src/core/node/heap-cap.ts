/** Heap limit that Node was told, in MiB; `share`: a percentage of the memory. */
export type ToldHeapCap = number | 'share';

/** V8 takes its options with dashes and underlines. */
const CAP = /^--max-old-space-size=(\d{1,9})$/;
const SHARE = /^--max-old-space-size-percentage=/;

/** The heap limit among the words of a command line; the last one counts, and 0 is none. */
export function heapCapIn(words: readonly string[]): ToldHeapCap | undefined {
  let cap: ToldHeapCap | undefined;
  for (const word of words) {
    const option = word.replaceAll('_', '-');
    const mib = Number(CAP.exec(option)?.[1] ?? 0);
    if (SHARE.test(option)) cap = 'share';
    else if (mib > 0 && cap !== 'share') cap = mib;
  }
  return cap;
}

/** The heap limit in the text of NODE_OPTIONS, which Node splits at spaces outside of double quotes. */
export function heapCapInOptions(text: string): ToldHeapCap | undefined {
  return heapCapIn(
    [...text.matchAll(/(?:[^\s"\\]|\\.|"(?:[^"\\]|\\.)*")+/g)].map(([word]) =>
      word.replace(/\\(.)|"/g, (_, escaped: string | undefined) => escaped ?? ''),
    ),
  );
}
