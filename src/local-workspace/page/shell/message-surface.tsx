import { type ReactNode, useMemo, useState } from 'react';
import type { PressedAction, StateValues } from '../../protocol.ts';
import { initialValues, withHeld } from '../blocks/initial-values.ts';
import { type Held, type Press, type Slot, type Surface, SurfaceContext } from '../blocks/surface.ts';
import { useConfirm } from '../overlays/confirm.tsx';
import { useNotify } from '../state/notices.ts';
import { pressAction } from '../state/requests.ts';
import type { Entry } from '../state/workspace-state.ts';

/** The body of the action that a press sends. */
export function toPressedAction(
  where: Pick<PressedAction, 'channel' | 'ts' | 'ephemeralId' | 'viewId'>,
  press: Press,
  state: StateValues,
): PressedAction {
  const { slot, value, selectedOption, selectedOptions } = press;
  return {
    ...where,
    ...slot,
    ...(value !== undefined && { value }),
    ...(selectedOption && { selectedOption }),
    ...(selectedOptions && { selectedOptions }),
    state,
  };
}

/** Sends the actions of a message and remembers what its inputs hold. */
export function MessageSurface({ entry, children }: { readonly entry: Entry; readonly children: ReactNode }) {
  const confirm = useConfirm();
  const notify = useNotify();
  const [held, setHeld] = useState<StateValues>({});
  const [busy, setBusy] = useState(false);
  const values = useMemo(() => withHeld(initialValues(entry.blocks ?? []), held), [entry.blocks, held]);
  const { channel, ts, id, threadTs } = entry;
  const surface = useMemo<Surface>(() => {
    const hold = (slot: Slot, now: Held) => setHeld((before) => withHeld(before, toValues(slot, now)));
    const press = async (pressed: Press) => {
      if (pressed.confirm && !(await confirm(pressed.confirm))) return;
      const now = pressed.held ? withHeld(values, toValues(pressed.slot, pressed.held)) : values;
      if (pressed.held) hold(pressed.slot, pressed.held);
      setBusy(true);
      const where = { channel, ...(id === undefined ? { ts } : { ephemeralId: id }) };
      const answer = await pressAction(toPressedAction(where, pressed, now));
      setBusy(false);
      if (!answer.ok) notify({ channel, threadTs, text: answer.error ?? 'This did not work.' });
    };
    return { values, errors: {}, hold, press, busy };
  }, [values, busy, channel, ts, id, threadTs, confirm, notify]);
  return <SurfaceContext value={surface}>{children}</SurfaceContext>;
}

const toValues = ({ blockId, actionId }: Slot, held: Held): StateValues => ({
  [blockId]: { [actionId]: { ...held } },
});
