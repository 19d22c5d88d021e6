import type { Filling, Round, RoundItem } from '../../core/checklist/round.ts';

/** What fills an item, beside the playbooks of its round. */
export interface ItemSource {
  /** True for items that this source fills. */
  fills(item: RoundItem): boolean;
  /** What it says now. */
  fill(round: Round, item: RoundItem, before: BeforeRound): Promise<Filling>;
  /** True when what it says may change after the round was filled. */
  readonly goesOn: boolean;
}

/** The round before, of the same checklist in the same channel. */
export interface BeforeRound {
  /** When it was posted; undefined: there is none. */
  readonly at: number | undefined;
  /** What was found for the item then. */
  readonly filling: Filling | undefined;
}
