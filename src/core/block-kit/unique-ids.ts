import { type BlockKitProblem, isObject, refuse } from './rule.ts';

/** block_id is unique in a message or view, action_id within its block. */
export function checkUniqueIds(blocks: readonly unknown[], path: string): readonly BlockKitProblem[] {
  const seen = new Set<string>();
  const problems: BlockKitProblem[] = [];
  const visit = (entries: readonly unknown[], at: string): void => {
    for (const [index, block] of entries.entries()) {
      if (!isObject(block)) continue;
      const here = `${at}/${index}`;
      if (typeof block.block_id === 'string') {
        if (seen.has(block.block_id)) {
          problems.push(...refuse(`${here}/block_id`, `\`block_id\` already exists: ${block.block_id}`));
        }
        seen.add(block.block_id);
      }
      problems.push(...checkActionIds(block, here));
      if (Array.isArray(block.child_blocks)) visit(block.child_blocks, `${here}/child_blocks`);
    }
  };
  visit(blocks, path);
  return problems;
}

function checkActionIds(block: Readonly<Record<string, unknown>>, path: string): readonly BlockKitProblem[] {
  if (!Array.isArray(block.elements)) return [];
  const ids = block.elements
    .map((element: unknown) => (isObject(element) ? element.action_id : undefined))
    .filter((id): id is string => typeof id === 'string');
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return twice === undefined ? [] : refuse(path, `\`action_id\` "${twice}" already exists in this block`);
}
