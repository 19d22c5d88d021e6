import type { z } from 'zod';
import type { Section as SectionShape } from './block-shapes.ts';
import { Element } from './element.tsx';
import { actionIdOf } from './ids.ts';
import { BlockPicture } from './picture.tsx';
import { TextContent } from './text-object.tsx';

interface SectionProps {
  readonly block: z.infer<typeof SectionShape>;
  readonly blockId: string;
}

/** A section: text, up to ten fields in two columns, and something beside them. */
export function Section({ block, blockId }: SectionProps) {
  const { text, fields, accessory } = block;
  return (
    <div className="block-section">
      <div className="block-section-text">
        {text && (
          <div className="block-text">
            <TextContent text={text} />
          </div>
        )}
        {fields.length > 0 && (
          <div className="block-fields">
            {fields.map((field, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a field has no other identity
              <div key={index} className="block-text">
                <TextContent text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div className="block-accessory">
          {accessory.type === 'image' ? (
            <BlockPicture image={accessory} />
          ) : (
            <Element element={accessory} slot={{ blockId, actionId: actionIdOf(accessory) }} />
          )}
        </div>
      )}
    </div>
  );
}
