import { useState } from 'react';
import { Dialog } from './dialog.tsx';

interface PictureProps {
  readonly source: string;
  readonly alt: string;
  readonly title: string;
}

/** A picture that opens large with a click or Enter. */
export function Picture({ source, alt, title }: PictureProps) {
  const [open, setOpen] = useState(false);
  return (
    <figure className="picture">
      {title !== '' && <figcaption>{title}</figcaption>}
      <button type="button" className="picture-open" onClick={() => setOpen(true)}>
        <img src={source} alt={alt} />
        <span className="for-readers">Open large</span>
      </button>
      {open && (
        <Dialog label={title || alt} className="lightbox" onClose={() => setOpen(false)}>
          <header>
            <h2>{title || 'Picture'}</h2>
            <a className="button" href={source} target="_blank" rel="noopener noreferrer">
              Open in a tab
            </a>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Close
            </button>
          </header>
          <img src={source} alt={alt} />
          <p>{alt}</p>
        </Dialog>
      )}
    </figure>
  );
}
