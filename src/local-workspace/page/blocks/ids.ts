/** The id of a block: its own, else its position. The server gives ids to all blocks, as Slack does. */
export function blockIdOf(block: object, index: number): string {
  return 'block_id' in block && typeof block.block_id === 'string' ? block.block_id : `block-${index}`;
}

/** The id of an element's action: its own, else its position in the block. */
export function actionIdOf(element: object, index = 0): string {
  return 'action_id' in element && typeof element.action_id === 'string'
    ? element.action_id
    : `action-${index}`;
}
