import { PADDING } from './flame-layout.ts';
import { font } from './fonts.ts';
import { type Brush, type DrawingContext, drawWords, lineHeight } from './frame.ts';
import { withOpacity } from './theme.ts';

/** How a frame looks. Whose code it is shows in its form: plain, hatched or hollow; colour alone says nothing. */
export interface FrameStyle {
  readonly name: string;
  readonly fill: string;
  /** Colour of words. */
  readonly ink: string;
  readonly edge: string;
  /** Instead of `fill` where there is no room for the edge of a hollow frame. */
  readonly narrow?: string;
  /** Colour of the lines across it. */
  readonly hatch?: string;
  readonly outline?: string;
}

/** Pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
}

const HATCH_EVERY = 14;
/** A narrower frame would be nothing but edge. */
const LEAST_WITH_EDGE = 8;

/** Draws one frame over its bar: hatching, edge, outline and words. */
export function drawFrame(
  brush: Brush,
  {
    box,
    words,
    bold,
    style,
  }: { readonly box: Box; readonly words: string; readonly bold: boolean; readonly style: FrameStyle },
  { frame }: DrawingContext,
): void {
  const { left, right, top, height } = box;
  const size = frame.textSize - 4;
  if (style.hatch !== undefined) hatch(brush, box, withOpacity(style.hatch, 0.3));
  if (right - left >= LEAST_WITH_EDGE) edge(brush, box, style.edge, 2);
  else if (style.narrow !== undefined) {
    brush.fillStyle = style.narrow;
    brush.fillRect(left, top, right - left, height);
  }
  if (style.outline !== undefined) edge(brush, box, style.outline, 5);
  if (words === '') return;
  const at = { x: left + PADDING, y: top + height / 2 + 1 };
  if (style.hatch !== undefined) backWords(brush, { box, words, size, bold, colour: style.fill });
  drawWords(brush, { text: words, ...at, colour: style.ink, size, bold });
}

/** One line that tells what the forms mean. */
export function drawLegend(
  brush: Brush,
  { top, styles }: { readonly top: number; readonly styles: readonly FrameStyle[] },
  context: DrawingContext,
): void {
  const { frame, theme, measure } = context;
  const size = frame.textSize - 4;
  const line = lineHeight(frame.textSize);
  let left = frame.margin;
  for (const style of styles) {
    const box = { left, right: left + 44, top: top + (line - 30) / 2, height: 30 };
    brush.fillStyle = style.fill;
    brush.fillRect(box.left, box.top, box.right - box.left, box.height);
    drawFrame(brush, { box, words: '', bold: false, style }, context);
    const x = box.right + 12;
    drawWords(brush, { text: style.name, x, y: top + line / 2 + 1, colour: theme.quietText, size });
    left = x + measure(style.name, font(size)) + 40;
  }
}

/** Lines across letters would make them hard to read. */
function backWords(
  brush: Brush,
  {
    box,
    words,
    size,
    bold,
    colour,
  }: {
    readonly box: Box;
    readonly words: string;
    readonly size: number;
    readonly bold: boolean;
    readonly colour: string;
  },
): void {
  brush.font = font(size, bold ? 'bold' : 'normal');
  const width = Math.min(brush.measureText(words).width + PADDING, box.right - box.left - PADDING);
  brush.fillStyle = colour;
  brush.fillRect(box.left + PADDING / 2, box.top + 8, width, box.height - 16);
}

function edge(brush: Brush, { left, right, top, height }: Box, colour: string, width: number): void {
  brush.strokeStyle = colour;
  brush.lineWidth = width;
  brush.setLineDash([]);
  brush.strokeRect(left + width / 2, top + width / 2, Math.max(0, right - left - width), height - width);
}

function hatch(brush: Brush, { left, right, top, height }: Box, colour: string): void {
  brush.save();
  brush.beginPath();
  brush.rect(left, top, right - left, height);
  brush.clip();
  brush.strokeStyle = colour;
  brush.lineWidth = 4;
  brush.setLineDash([]);
  brush.beginPath();
  for (let x = left - height; x < right; x += HATCH_EVERY) {
    brush.moveTo(x, top + height);
    brush.lineTo(x + height, top);
  }
  brush.stroke();
  brush.restore();
}
