import { useMemo, useState } from 'react';
import type { Block, PressedAction, StateValues } from '../../protocol.ts';
import { initialValues, withHeld } from '../blocks/initial-values.ts';
import type { Held, Press, Slot, Surface } from '../blocks/surface.ts';
import { useConfirm } from '../overlays/confirm.tsx';
import { pressAction } from './requests.ts';

type Origin = Pick<PressedAction, 'channel' | 'ts' | 'ephemeralId' | 'viewId'>;

export interface SurfaceOptions {
  readonly blocks: readonly Block[];
  /** Where the actions are pressed. */
  readonly origin: Origin;
  /** Problems of inputs by block id. */
  readonly errors?: Readonly<Record<string, string>>;
  /** Told what went wrong with an action, undefined when nothing did. */
  readonly onAnswer: (problem: string | undefined) => void;
}

const NO_ERRORS = {};

const toValues = ({ blockId, actionId }: Slot, held: Held | undefined): StateValues =>
  held === undefined ? {} : { [blockId]: { [actionId]: { ...held } } };

function toPressedAction(origin: Origin, press: Press, state: StateValues): PressedAction {
  const { slot, value, selectedOption, selectedOptions } = press;
  return {
    ...origin,
    ...slot,
    ...(value !== undefined && { value }),
    ...(selectedOption && { selectedOption }),
    ...(selectedOptions && { selectedOptions }),
    state,
  };
}

/** Remembers what the inputs of a message or modal hold and sends its actions. */
export function useLiveSurface({ blocks, origin, errors = NO_ERRORS, onAnswer }: SurfaceOptions): Surface {
  const confirm = useConfirm();
  const [held, setHeld] = useState<StateValues>({});
  const [busy, setBusy] = useState(false);
  const values = useMemo(() => withHeld(initialValues(blocks), held), [blocks, held]);
  const hold = (slot: Slot, now: Held | undefined) =>
    setHeld((before) => withHeld(before, toValues(slot, now)));
  const press = async (pressed: Press) => {
    if (pressed.confirm && !(await confirm(pressed.confirm))) return;
    hold(pressed.slot, pressed.held);
    setBusy(true);
    const now = withHeld(values, toValues(pressed.slot, pressed.held));
    const answer = await pressAction(toPressedAction(origin, pressed, now));
    setBusy(false);
    onAnswer(answer.ok ? undefined : (answer.error ?? 'This did not work.'));
  };
  return { values, errors, hold, press, busy };
}
