import { LIMITS } from './limits.ts';
import { richText } from './rich-text-rules.ts';
import { byType, characters, list, oneOf, type Rule, shape, webAddress } from './rule.ts';
import { blockId } from './text-rules.ts';

function taskCard(...statuses: readonly string[]): Rule {
  return shape(
    { task_id: characters(255), title: characters(LIMITS.section.text), status: oneOf(...statuses) },
    {
      ...blockId,
      details: richText,
      output: richText,
      sources: list(
        byType({ url: shape({ url: webAddress(LIMITS.url), text: characters(LIMITS.section.text) }) }),
        { max: 100 },
      ),
    },
  );
}

/** `pending` is refused outside of a plan, although Slack's own example shows it there. */
export const topLevelTaskCard: Rule = taskCard('in_progress', 'complete', 'error');

/** The plan block; its title is a bare string. */
export const plan: Rule = shape(
  { title: characters(LIMITS.section.text) },
  {
    ...blockId,
    tasks: list(byType({ task_card: taskCard('pending', 'in_progress', 'complete', 'error') }), {
      max: LIMITS.message.blocks,
    }),
  },
);
