import { z } from 'zod';
import type { Block } from '../../protocol.ts';
import { BlockList } from '../blocks/block-list.tsx';
import { Mrkdwn } from '../text/mrkdwn.tsx';

const Attachment = z.object({
  color: z
    .string()
    .regex(/^#?[0-9a-f]{6}$/i)
    .optional()
    .catch(undefined),
  blocks: z.array(z.record(z.string(), z.unknown())).default([]),
  title: z.string().optional(),
  text: z.string().optional(),
  fallback: z.string().optional(),
});

/** Attachments with their bar of colour. */
export function Attachments({ attachments }: { readonly attachments: readonly Block[] }) {
  return attachments.map((attachment, index) => {
    const shown = Attachment.safeParse(attachment);
    if (!shown.success) return null;
    const { color, blocks, title, text = shown.data.fallback } = shown.data;
    const bar = color === undefined ? undefined : `#${color.replace('#', '')}`;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: an attachment has no other identity
      <div key={index} className="attachment" style={{ borderColor: bar }}>
        {blocks.length > 0 ? (
          <BlockList blocks={blocks} />
        ) : (
          <div className="block-text">
            {title !== undefined && <strong>{title}</strong>} {text !== undefined && <Mrkdwn text={text} />}
          </div>
        )}
      </div>
    );
  });
}
