/** Stands for a token that varies. */
const WILDCARD = '<*>';

/** Lines that say the same but for their variables. */
interface DrainCluster {
  readonly id: number;
  /** Tokens of the pattern; `<*>` where the lines differ. */
  tokens: string[];
}

interface DrainOptions {
  /** Share of equal tokens that makes a line one of a cluster; Drain's own default is 0.4, 0.5 did better here. */
  readonly similarity?: number;
  /** Tokens at the start of a line that lead through the tree. */
  readonly prefixTokens?: number;
  /** From here on, lines without a cluster share one. */
  readonly maxClusters?: number;
}

interface Drain {
  /** The cluster of a line, made or widened as needed. `group` keeps apart what must not merge, for example levels. */
  add(text: string, group: string): DrainCluster;
}

/** Short lines differ in the one word that matters, so they must agree in all but a quarter of their tokens. */
const SHORT_LINE_TOKENS = 4;
const SHORT_LINE_SIMILARITY = 0.75;
const MAX_TOKENS = 100;

/**
 * Groups log lines into patterns with a parse tree of fixed depth: length, then the first tokens, then the most
 * similar cluster. After He, Zhu, Zheng and Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree" (ICWS 2017).
 */
export function createDrain({
  similarity = 0.5,
  prefixTokens = 2,
  maxClusters = 500,
}: DrainOptions = {}): Drain {
  const leaves = new Map<string, DrainCluster[]>();
  const overflow = new Map<string, DrainCluster>();
  let size = 0;

  function create(tokens: string[]): DrainCluster {
    size += 1;
    return { id: size, tokens };
  }

  return {
    add(text, group) {
      const tokens = text
        .split(/\s+/)
        .filter((token) => token !== '')
        .slice(0, MAX_TOKENS);
      const key = leafKey(group, tokens, prefixTokens);
      const leaf = leaves.get(key) ?? [];
      const least = tokens.length <= SHORT_LINE_TOKENS ? SHORT_LINE_SIMILARITY : similarity;
      const match = mostSimilar(leaf, tokens, least);
      if (match) {
        match.tokens = match.tokens.map((token, index) => (token === tokens[index] ? token : WILDCARD));
        return match;
      }
      if (size >= maxClusters) {
        const rest = overflow.get(group) ?? { id: maxClusters + overflow.size + 1, tokens: [WILDCARD] };
        overflow.set(group, rest);
        return rest;
      }
      const cluster = create(tokens);
      leaves.set(key, [...leaf, cluster]);
      return cluster;
    },
  };
}

/** A token with a variable in it leads nowhere: it counts as a wildcard on the way through the tree. */
function leafKey(group: string, tokens: readonly string[], prefixTokens: number): string {
  const prefix = tokens.slice(0, prefixTokens).map((token) => (/\d|<\w+>/.test(token) ? WILDCARD : token));
  return [group, tokens.length, ...prefix].join('\u0000');
}

function mostSimilar(
  clusters: readonly DrainCluster[],
  tokens: readonly string[],
  least: number,
): DrainCluster | undefined {
  let best: DrainCluster | undefined;
  let bestShare = least;
  for (const cluster of clusters) {
    const equal = cluster.tokens.reduce((sum, token, index) => sum + (token === tokens[index] ? 1 : 0), 0);
    const share = tokens.length === 0 ? 1 : equal / tokens.length;
    if (share >= bestShare && (best === undefined || share > bestShare)) {
      best = cluster;
      bestShare = share;
    }
  }
  return best;
}
