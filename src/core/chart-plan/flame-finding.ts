import { type FlameNode, selfOf } from './flame-tree.ts';

/** The function that most is charged to. */
export interface FlameFinding {
  readonly node: FlameNode;
  /** Share of all that is charged to the function, wherever it is called. */
  readonly share: number;
  /** Its widest place in the call tree, from the event loop down to it. */
  readonly path: readonly FlameNode[];
  /** What it calls outside of the application, down to where most of it goes. */
  readonly below: readonly FlameNode[];
}

interface Account {
  share: number;
  path: readonly FlameNode[];
}

/**
 * Charges what was measured to the innermost function of the application on the stack, else of a package: the innermost
 * frame alone is often one of Node. Heaviest first.
 */
export function flameFindings(roots: readonly FlameNode[]): readonly FlameFinding[] {
  const accounts = new Map<string, Account>();
  const visit = (path: readonly FlameNode[]): void => {
    const node = path[path.length - 1];
    if (node === undefined) return;
    charge(accounts, ownerOf(path), selfOf(node));
    for (const child of node.children) visit([...path, child]);
  };
  for (const root of roots) visit([root]);
  return [...accounts.values()]
    .toSorted((a, b) => b.share - a.share)
    .flatMap(({ share, path }) => {
      const node = path.at(-1);
      return node === undefined || share <= 0 ? [] : [{ node, share, path, below: busiestBelow(node) }];
    });
}

/** True for two places in the tree that are the same function. */
export function isSameFunction(a: FlameNode, b: FlameNode): boolean {
  return keyOf(a) === keyOf(b);
}

function charge(accounts: Map<string, Account>, path: readonly FlameNode[], share: number): void {
  const node = path.at(-1);
  if (node === undefined) return;
  const account = accounts.get(keyOf(node)) ?? { share: 0, path };
  const widest = account.path.at(-1)?.width ?? 0;
  accounts.set(keyOf(node), {
    share: account.share + share,
    path: node.width > widest ? path : account.path,
  });
}

function ownerOf(path: readonly FlameNode[]): readonly FlameNode[] {
  const own = path.findLastIndex(({ origin }) => origin === 'own');
  if (own >= 0) return path.slice(0, own + 1);
  const ofPackage = path.findLastIndex(({ origin }) => origin === 'package');
  return ofPackage >= 0 ? path.slice(0, ofPackage + 1) : path;
}

function busiestBelow(from: FlameNode): readonly FlameNode[] {
  const below: FlameNode[] = [];
  for (let node: FlameNode | undefined = from; node !== undefined; ) {
    const self = selfOf(node);
    const foreign: readonly FlameNode[] = node.children.filter(({ origin }) => origin !== 'own');
    const [widest] = foreign.toSorted((a, b) => b.width - a.width);
    node = widest !== undefined && widest.width > self ? widest : undefined;
    if (node !== undefined) below.push(node);
  }
  return below;
}

function keyOf({ label, place }: FlameNode): string {
  return `${label}\n${place}`;
}
