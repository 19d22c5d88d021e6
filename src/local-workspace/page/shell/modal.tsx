import { type FormEvent, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import type { Block, OpenView } from '../../protocol.ts';
import { BlockList } from '../blocks/block-list.tsx';
import { TextObject } from '../blocks/element-shapes.ts';
import { SurfaceContext } from '../blocks/surface.ts';
import { plainOf } from '../blocks/text-object.tsx';
import { Dialog } from '../overlays/dialog.tsx';
import { closeView, submitView } from '../state/requests.ts';
import { useLiveSurface } from '../state/use-live-surface.ts';

const Words = z.object({ title: TextObject, submit: TextObject.nullish(), close: TextObject.nullish() });

/** The words of a modal's frame; a view without them can still be closed. */
function wordsOf(view: Block) {
  const { title, submit, close } = Words.safeParse(view).data ?? {};
  return {
    title: title ? plainOf(title) : 'A view that this page cannot show',
    submit: submit ? plainOf(submit) : undefined,
    close: close ? plainOf(close) : 'Cancel',
  };
}

/** Sends what the inputs hold; what is wrong comes back by block id, or as one problem of the whole. */
function useSubmit(id: string) {
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);
  const submit = async (state: Parameters<typeof submitView>[1]) => {
    if (sending) return;
    setSending(true);
    const answer = await submitView(id, state);
    setSending(false);
    setErrors(answer.errors ?? {});
    setProblem(answer.ok || answer.errors ? undefined : (answer.error ?? 'This did not work.'));
  };
  return { errors, problem, setProblem, sending, submit };
}

/** Brings the first field with a problem into sight, as it may stand far above the button that was pressed. */
function useFirstProblem(errors: Readonly<Record<string, string>>) {
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (Object.keys(errors).length > 0)
      content.current?.querySelector('.field-error')?.scrollIntoView({ block: 'center' });
  }, [errors]);
  return content;
}

const NO_BLOCKS: readonly Block[] = [];

/** A modal with its inputs; what is wrong stands beside the block that it is about. */
export function Modal({ open }: { readonly open: OpenView }) {
  const { errors, problem, setProblem, sending, submit } = useSubmit(open.id);
  const blocks = Array.isArray(open.view.blocks) ? (open.view.blocks as readonly Block[]) : NO_BLOCKS;
  const surface = useLiveSurface({ blocks, origin: { viewId: open.id }, errors, onAnswer: setProblem });
  const words = wordsOf(open.view);
  const content = useFirstProblem(errors);
  const shut = () => void closeView(open.id);
  const send = (event: FormEvent) => {
    event.preventDefault();
    void submit(surface.values);
  };
  return (
    <Dialog label={words.title} className="modal" onClose={shut}>
      <form noValidate onSubmit={send}>
        <header>
          <h2>{words.title}</h2>
          <button type="button" className="button close" aria-label="Close" onClick={shut}>
            ✕
          </button>
        </header>
        {/* Another view begins at its top. */}
        <div className="modal-content" key={words.title} ref={content}>
          <SurfaceContext value={surface}>
            <BlockList blocks={blocks} />
          </SurfaceContext>
          {problem !== undefined && (
            <p className="field-error" role="alert">
              {problem}
            </p>
          )}
        </div>
        <footer>
          <button type="button" className="button" onClick={shut}>
            {words.close}
          </button>
          {words.submit !== undefined && (
            <button type="submit" className="button" data-style="primary" disabled={sending}>
              {words.submit}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
