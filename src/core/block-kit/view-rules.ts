import { HOME_BLOCKS, MODAL_BLOCKS } from './block-rules.ts';
import { LIMITS } from './limits.ts';
import { all, byType, characters, flag, isObject, list, type Rule, refuse, shape } from './rule.ts';
import { plainText } from './text-rules.ts';

const shared = {
  private_metadata: characters(LIMITS.view.privateMetadata, { min: 0 }),
  callback_id: characters(LIMITS.view.callbackId, { min: 0 }),
  external_id: characters(255, { min: 0 }),
};
const label = plainText(LIMITS.view.title);

const inputNeedsSubmit: Rule = (view, path) => {
  if (!isObject(view) || !Array.isArray(view.blocks) || view.submit !== undefined) return [];
  return view.blocks.some((block) => isObject(block) && block.type === 'input')
    ? refuse(`${path}/submit`, 'a view with an input block needs `submit`', 'invalid_arguments')
    : [];
};

/** A modal or home view as a whole. */
export const view: Rule = byType({
  modal: all(
    shape(
      { title: label, blocks: list(byType(MODAL_BLOCKS), { max: LIMITS.view.blocks }) },
      {
        ...shared,
        submit: label,
        close: label,
        clear_on_close: flag,
        notify_on_close: flag,
        submit_disabled: flag,
      },
    ),
    inputNeedsSubmit,
  ),
  home: shape({ blocks: list(byType(HOME_BLOCKS), { max: LIMITS.view.blocks }) }, shared),
});
