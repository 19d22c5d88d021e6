const GAP_PX = 4;
const MARGIN_PX = 8;

/** Places a popover under its button, or above it where there is more room, within the window. */
export function placeBelow(popover: HTMLElement, button: HTMLElement): void {
  const anchor = button.getBoundingClientRect();
  const below = innerHeight - anchor.bottom - GAP_PX - MARGIN_PX;
  const above = anchor.top - GAP_PX - MARGIN_PX;
  const height = popover.scrollHeight + 2;
  const goesUp = height > below && above > below;
  const left = Math.min(anchor.left, innerWidth - popover.offsetWidth - MARGIN_PX);
  const top = goesUp
    ? Math.max(MARGIN_PX, anchor.top - GAP_PX - Math.min(height, above))
    : anchor.bottom + GAP_PX;
  Object.assign(popover.style, {
    left: `${Math.max(MARGIN_PX, left)}px`,
    top: `${top}px`,
    maxHeight: `${goesUp ? above : below}px`,
  });
}
