import { type FormEvent, useMemo, useState } from 'react';
import { z } from 'zod';
import type { OpenView, StateValues } from '../../protocol.ts';
import { BlockList } from '../blocks/block-list.tsx';
import { TextObject } from '../blocks/element-shapes.ts';
import { initialValues, withHeld } from '../blocks/initial-values.ts';
import { type Held, type Press, type Slot, type Surface, SurfaceContext } from '../blocks/surface.ts';
import { plainOf } from '../blocks/text-object.tsx';
import { useConfirm } from '../overlays/confirm.tsx';
import { Dialog } from '../overlays/dialog.tsx';
import { closeView, pressAction, submitView } from '../state/requests.ts';
import { toPressedAction } from './message-surface.tsx';

const ModalView = z.object({
  title: TextObject,
  submit: TextObject.nullish(),
  close: TextObject.nullish(),
  blocks: z.array(z.record(z.string(), z.unknown())).default([]),
});

/** A modal with its inputs; what is wrong stands beside the block that it is about. */
export function Modal({ open }: { readonly open: OpenView }) {
  const confirm = useConfirm();
  const [held, setHeld] = useState<StateValues>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const view = ModalView.safeParse(open.view);
  const { title, submit, close, blocks } = view.data ?? { title: undefined, blocks: [] };
  const values = useMemo(() => withHeld(initialValues(blocks), held), [blocks, held]);
  const hold = ({ blockId, actionId }: Slot, now: Held) =>
    setHeld((before) => withHeld(before, { [blockId]: { [actionId]: { ...now } } }));
  const press = async (pressed: Press) => {
    if (pressed.confirm && !(await confirm(pressed.confirm))) return;
    if (pressed.held) hold(pressed.slot, pressed.held);
    const { blockId, actionId } = pressed.slot;
    const now = pressed.held ? withHeld(values, { [blockId]: { [actionId]: { ...pressed.held } } }) : values;
    const answer = await pressAction(toPressedAction({ viewId: open.id }, pressed, now));
    setProblem(answer.ok ? undefined : (answer.error ?? 'This did not work.'));
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await submitView(open.id, values);
    setBusy(false);
    setErrors(answer.errors ?? {});
    setProblem(answer.ok || answer.errors ? undefined : (answer.error ?? 'This did not work.'));
  };
  const shut = () => void closeView(open.id);
  const surface: Surface = { values, errors, hold, press, busy };
  const name = title ? plainOf(title) : 'A view that this page cannot show';
  return (
    <Dialog label={name} className="modal" onClose={shut}>
      <form noValidate onSubmit={send}>
        <header>
          <h2>{name}</h2>
          <button type="button" className="button close" aria-label="Close" onClick={shut}>
            ✕
          </button>
        </header>
        <div className="modal-content">
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
            {close ? plainOf(close) : 'Cancel'}
          </button>
          {submit && (
            <button type="submit" className="button" data-style="primary" disabled={busy}>
              {plainOf(submit)}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
