import { useEffect, useState } from 'react';
import type { FileInfo } from '../../protocol.ts';
import { Dialog } from '../overlays/dialog.tsx';
import { Picture } from '../overlays/picture.tsx';

const PREVIEW_LINES = 8;
const PREVIEW_LETTERS = 2_000;

/** A shared file: a picture, the beginning of a text, or a link to anything else. */
export function FileView({ file }: { readonly file: FileInfo }) {
  if (!file.ready) {
    return (
      <p className="file-note" role="status">
        {file.title} is being processed …
      </p>
    );
  }
  if (file.mimetype.startsWith('image/')) {
    return <Picture source={file.url} alt={file.alt || file.title} title={file.title} />;
  }
  if (file.mimetype.startsWith('text/') || file.mimetype === 'application/json')
    return <TextFile file={file} />;
  return (
    <a className="file-note" href={file.url} download={file.name}>
      {file.title} ({file.name})
    </a>
  );
}

function useFileText(url: string): string | undefined {
  const [text, setText] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    fetch(url, { signal: abort.signal })
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(`${response.status}`))))
      .then(setText)
      .catch(() => {
        if (!abort.signal.aborted) setText('The file could not be loaded.');
      });
    return () => abort.abort();
  }, [url]);
  return text;
}

function TextFile({ file }: { readonly file: FileInfo }) {
  const text = useFileText(file.url);
  const [open, setOpen] = useState(false);
  const preview = text?.slice(0, PREVIEW_LETTERS).split('\n').slice(0, PREVIEW_LINES).join('\n');
  return (
    <figure className="text-file">
      <figcaption>
        <span>{file.title}</span>
        <button type="button" className="link" onClick={() => setOpen(true)}>
          Show all
        </button>
        <a href={file.url} download={file.name}>
          Download
        </a>
      </figcaption>
      <pre>{preview ?? 'Loading …'}</pre>
      {open && (
        <Dialog label={file.title} className="text-view" onClose={() => setOpen(false)}>
          <header>
            <h2>{file.title}</h2>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Close
            </button>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{text}</pre>
        </Dialog>
      )}
    </figure>
  );
}
