import { createContext, use } from 'react';
import type { ChosenOption, StateValues } from '../../protocol.ts';
import type { Confirm } from './element-shapes.ts';

/** Which element of the surface something is about. */
export interface Slot {
  readonly blockId: string;
  readonly actionId: string;
}

/** What an element holds, as Slack's `state.values` says it. */
export type Held = Readonly<Record<string, unknown>>;

export interface Press {
  readonly slot: Slot;
  readonly value?: string;
  readonly selectedOption?: ChosenOption;
  readonly selectedOptions?: ChosenOption[];
  /** What the element holds from now on; nothing for buttons. */
  readonly held?: Held;
  readonly confirm?: Confirm | undefined;
}

/** A message, an ephemeral message or a modal, for the elements in it. */
export interface Surface {
  readonly values: StateValues;
  /** Problems of inputs by block id. */
  readonly errors: Readonly<Record<string, string>>;
  /** Remembers what an input holds. */
  readonly hold: (slot: Slot, held: Held) => void;
  /** Asks for confirmation where the element wants it, then sends the action. */
  readonly press: (press: Press) => Promise<void>;
  /** True while an action of this surface is on its way. */
  readonly busy: boolean;
}

export const SurfaceContext = createContext<Surface | undefined>(undefined);

/** The surface around an element; throws outside of one. */
export function useSurface(): Surface {
  const surface = use(SurfaceContext);
  if (surface === undefined) throw new Error('useSurface needs a SurfaceContext');
  return surface;
}

/** What an element holds by now. */
export function heldBy(surface: Surface, { blockId, actionId }: Slot): Held | undefined {
  return surface.values[blockId]?.[actionId];
}
