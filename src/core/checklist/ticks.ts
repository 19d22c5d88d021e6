/** One tick that a press changed. */
export interface TickChange {
  readonly position: number;
  readonly checked: boolean;
}

/**
 * What somebody changed with one press. Slack sends all ticks of the element, not the one that was pressed, so they
 * are compared with what that person had before: what the message showed, or their own last press on the same message.
 */
export function tickChanges(options: {
  readonly positions: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}): readonly TickChange[] {
  const { positions, before, after } = options;
  return positions
    .filter((position) => before.includes(position) !== after.includes(position))
    .map((position) => ({ position, checked: after.includes(position) }));
}

/** The elements of a message: positions in groups that one element can carry. */
export function tickGroups(count: number, mostPerGroup: number): readonly (readonly number[])[] {
  const groups = Math.ceil(count / mostPerGroup);
  return Array.from({ length: groups }, (_, group) =>
    Array.from(
      { length: Math.min(mostPerGroup, count - group * mostPerGroup) },
      (_item, index) => group * mostPerGroup + index,
    ),
  );
}
