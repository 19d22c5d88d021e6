import { LIMITS } from './limits.ts';
import { byType, characters, flag, list, numberWithin, oneOf, type Rule, shape, webAddress } from './rule.ts';
import { blockId } from './text-rules.ts';

const styled = {
  style: shape(
    {},
    Object.fromEntries(
      ['bold', 'italic', 'strike', 'underline', 'code', 'highlight', 'client_highlight', 'unlink'].map(
        (name) => [name, flag],
      ),
    ),
  ),
};
const anyLength = characters(Number.MAX_SAFE_INTEGER);
const id = characters(255);
const border = { border: numberWithin(0, 1) };
const leaves = Number.MAX_SAFE_INTEGER;

const text = shape({ text: anyLength }, styled);
const link = shape({ url: webAddress(LIMITS.url) }, { ...styled, text: anyLength, unsafe: flag });

const leaf = byType({
  text,
  link,
  user: shape({ user_id: id }, styled),
  usergroup: shape({ usergroup_id: id }, styled),
  team: shape({ team_id: id }, styled),
  channel: shape({ channel_id: id }, styled),
  emoji: shape({ name: id }, { ...styled, unicode: id, url: id, skin_tone: numberWithin(1, 6) }),
  broadcast: shape({ range: oneOf('here', 'channel', 'everyone') }, styled),
  color: shape({ value: id }, styled),
  date: shape(
    { timestamp: numberWithin(0, Number.MAX_SAFE_INTEGER), format: anyLength },
    { ...styled, url: webAddress(LIMITS.url), fallback: anyLength },
  ),
});

const section = shape({ elements: list(leaf, { max: leaves }) });

/** A rich_text block: formatted text as data, nothing in it is parsed by Slack. */
export const richText: Rule = byType({
  rich_text: shape(
    {
      elements: list(
        byType({
          rich_text_section: section,
          rich_text_list: shape(
            {
              style: oneOf('bullet', 'ordered'),
              elements: list(byType({ rich_text_section: section }), { max: leaves }),
            },
            { ...border, indent: numberWithin(0, 8), offset: numberWithin(0, 10_000) },
          ),
          rich_text_quote: shape({ elements: list(leaf, { max: leaves }) }, border),
          rich_text_preformatted: shape(
            { elements: list(byType({ text, link }), { max: leaves }) },
            { ...border, language: id },
          ),
        }),
        { max: leaves },
      ),
    },
    blockId,
  ),
});
