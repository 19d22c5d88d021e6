import { Picture } from '../overlays/picture.tsx';
import { useFile } from '../state/workspace-context.ts';
import { OutsideLink } from '../text/references.tsx';
import type { ImageElement } from './element-shapes.ts';

interface BlockPictureProps {
  readonly image: ImageElement;
  readonly title?: string | undefined;
  readonly small?: boolean;
}

/** The address when the picture lies in the local workspace. Nothing is loaded from elsewhere. */
function localAddress(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const address = new URL(url, location.href);
  return address.origin === location.origin && address.pathname.startsWith('/local/')
    ? address.pathname
    : undefined;
}

/** A picture of a block; a picture from elsewhere is shown as a link with its alt text. */
export function BlockPicture({ image, title, small = false }: BlockPictureProps) {
  const file = useFile(image.slack_file?.id);
  const url = image.image_url ?? image.slack_file?.url;
  const source = file?.url ?? localAddress(url);
  if (source === undefined) {
    return (
      <span className="picture-elsewhere">
        Picture: <OutsideLink href={url}>{image.alt_text}</OutsideLink>
      </span>
    );
  }
  if (small) return <img className="picture-small" src={source} alt={image.alt_text} />;
  return <Picture source={source} alt={image.alt_text} title={title ?? ''} />;
}
