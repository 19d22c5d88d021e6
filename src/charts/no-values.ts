import { createCanvas } from 'canvas';
import type { Pixels } from './chart-canvas.ts';
import { type DrawingContext, drawWords, lineHeight } from './frame.ts';
import { titleLines } from './time-layout.ts';
import { drawTitle } from './time-overlay.ts';

/** A picture that says that nothing was measured: an empty plot could be read as "zero". */
export function renderNoValues(title: string, context: DrawingContext): Pixels {
  const { frame, theme } = context;
  const canvas = createCanvas(frame.width, frame.height);
  const brush = canvas.getContext('2d');
  const lines = titleLines(title, context);
  const top = frame.margin * 1.5 + lines.length * lineHeight(frame.titleSize);
  brush.fillStyle = theme.ground;
  brush.fillRect(0, 0, frame.width, frame.height);
  brush.fillStyle = theme.plot;
  brush.fillRect(frame.margin, top, frame.width - 2 * frame.margin, frame.height - top - frame.margin);
  drawTitle(brush, lines, context);
  drawWords(brush, {
    text: 'no data',
    x: frame.width / 2,
    y: (top + frame.height - frame.margin) / 2,
    colour: theme.quietText,
    size: frame.titleSize,
    align: 'center',
  });
  return { width: frame.width, height: frame.height, rgba: canvas.data() };
}
