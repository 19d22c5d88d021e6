/** A label beside a line: where it would like to stand (centre, pixels) and how high it is. */
export interface SideLabel {
  readonly y: number;
  readonly height: number;
}

/**
 * Moves labels of one column apart so that none covers another and all stay within `top..bottom`, each as near to its
 * line as that allows. Answers the centres in the order given. When there is not enough room they share it evenly.
 */
export function spreadLabels(
  labels: readonly SideLabel[],
  { top, bottom }: { readonly top: number; readonly bottom: number },
): readonly number[] {
  const order = labels
    .map((label, index) => ({ ...label, index }))
    .sort((a, b) => a.y - b.y || a.index - b.index);
  const needed = order.reduce((sum, { height }) => sum + height, 0);
  const squeeze = Math.min(1, (bottom - top) / Math.max(needed, 1));
  const placed: { index: number; y: number; half: number }[] = [];
  let edge = top;
  for (const { index, y, height } of order) {
    const half = (height * squeeze) / 2;
    const at = Math.max(y, edge + half);
    placed.push({ index, y: at, half });
    edge = at + half;
  }
  edge = bottom;
  for (const label of placed.toReversed()) {
    label.y = Math.min(label.y, edge - label.half);
    edge = label.y - label.half;
  }
  const result: number[] = [];
  for (const { index, y } of placed) result[index] = y;
  return result;
}

/**
 * Rows (0 is the lowest) for labels above a picture, each of which begins at its line. The right ones stand lower, so
 * that the line that leads up to a label passes on the left of the labels under it.
 */
export function labelRows(
  labels: readonly { readonly left: number; readonly right: number }[],
  gap: number,
): readonly number[] {
  const starts: number[] = [];
  const order = labels
    .map((label, index) => ({ ...label, index }))
    .sort((a, b) => b.left - a.left || b.index - a.index);
  const rows: number[] = [];
  for (const { left, right, index } of order) {
    const free = starts.findIndex((start) => right + gap <= start);
    const row = free === -1 ? starts.length : free;
    starts[row] = left;
    rows[index] = row;
  }
  return rows;
}
