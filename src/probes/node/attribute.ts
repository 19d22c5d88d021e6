import { type CallNode, type Frame, frameKey, sum, visitStacks } from './call-tree.ts';
import { type FrameKind, kindOf } from './frame-words.ts';

/** What is charged to one function of the application, or of a package where none of the application calls. */
export interface Charged {
  readonly frame: Frame;
  readonly kind: FrameKind;
  /** All under it that is no other function of the same kind: native code and packages that it calls count for it. */
  readonly own: number;
  /** Everything while it was on the stack. */
  readonly total: number;
  /** The function below it, or itself, that half of its own weight or more really is in; undefined: it is spread. */
  readonly mostlyIn: Frame | undefined;
  /** The line of `mostlyIn` that holds a third of the ticks there or more. */
  readonly line: number | undefined;
}

const MOSTLY = 0.5;
const BUSY_LINE = 1 / 3;

interface Account {
  readonly frame: Frame;
  total: number;
  readonly inside: Map<
    string,
    { readonly frame: Frame; weight: number; readonly lines: Map<number, number> }
  >;
}

/**
 * Charges what was measured to the functions that people can change: the innermost one of the application on the stack,
 * else of a package. The very innermost frame alone says `now` or `writev`. Heaviest first.
 */
export function attribute(roots: readonly CallNode[]): readonly Charged[] {
  const accounts = new Map<string, Account>();
  visitStacks(roots, (stack, node) => {
    const owner = ownerOf(stack);
    charge(accountOf(accounts, stack[owner] as Frame), stack.slice(owner), node);
    const passed = new Map(stack.map((frame) => [frameKey(frame), frame]));
    for (const frame of passed.values()) accountOf(accounts, frame).total += node.self;
  });
  return [...accounts.values()]
    .filter(({ inside }) => inside.size > 0)
    .map(toCharged)
    .toSorted((a, b) => b.own - a.own);
}

function ownerOf(stack: readonly Frame[]): number {
  const kinds = stack.map(kindOf);
  const application = kinds.lastIndexOf('application');
  if (application >= 0) return application;
  const library = kinds.lastIndexOf('library');
  return library >= 0 ? library : stack.length - 1;
}

function accountOf(accounts: Map<string, Account>, frame: Frame): Account {
  const key = frameKey(frame);
  const account = accounts.get(key) ?? { frame, total: 0, inside: new Map() };
  accounts.set(key, account);
  return account;
}

function charge({ inside }: Account, below: readonly Frame[], { self, lines }: CallNode): void {
  const frame = innermost(below);
  const key = frameKey(frame);
  const entry = inside.get(key) ?? { frame, weight: 0, lines: new Map<number, number>() };
  entry.weight += self;
  for (const [line, ticks] of lines) entry.lines.set(line, (entry.lines.get(line) ?? 0) + ticks);
  inside.set(key, entry);
}

/** Native code has no file and a name such as `run`: what called it says more. A regular expression says enough. */
export function innermost(below: readonly Frame[]): Frame {
  const last = below.at(-1) as Frame;
  if (last.name.startsWith('RegExp:')) return last;
  return below.findLast(({ url }) => url !== '') ?? last;
}

function toCharged({ frame, total, inside }: Account): Charged {
  const own = sum([...inside.values()].map(({ weight }) => weight));
  const most = [...inside.values()].find(({ weight }) => weight >= MOSTLY * own);
  const ticks = sum([...(most?.lines.values() ?? [])]);
  const [busiest] = [...(most?.lines ?? [])].toSorted(([, a], [, b]) => b - a);
  return {
    frame,
    kind: kindOf(frame),
    own,
    total,
    mostlyIn: most?.frame,
    line: busiest !== undefined && busiest[1] >= BUSY_LINE * ticks ? busiest[0] : undefined,
  };
}
