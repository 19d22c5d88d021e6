import type { SKRSContext2D } from 'canvas';
import { font } from './fonts.ts';
import type { Measure } from './text.ts';
import type { ChartTheme } from './theme.ts';

/** Sizes of a picture in pixels. A phone shows 1600 pixels on a third of that, so no text is smaller than 28. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  readonly titleSize: number;
  readonly titleLines: number;
  readonly textSize: number;
  /** A small picture says its last value under the title; a large one has labels beside the lines. */
  readonly compact: boolean;
}

export const FULL_FRAME: Frame = {
  width: 1600,
  height: 800,
  margin: 36,
  titleSize: 46,
  titleLines: 2,
  textSize: 34,
  compact: false,
};

export const TILE_FRAME: Frame = {
  width: 780,
  height: 390,
  margin: 22,
  titleSize: 34,
  titleLines: 1,
  textSize: 28,
  compact: true,
};

/** What every drawing function is given. */
export interface DrawingContext {
  readonly frame: Frame;
  readonly theme: ChartTheme;
  /** IANA zone of the times. */
  readonly zone: string;
  readonly measure: Measure;
}

/** What texts and lines are drawn with. */
export type Brush = SKRSContext2D;

export interface Words {
  readonly text: string;
  readonly x: number;
  /** Middle of the line. */
  readonly y: number;
  readonly colour: string;
  readonly size: number;
  readonly bold?: boolean;
  readonly align?: 'left' | 'center' | 'right';
}

/** Draws one line of text around the height `y`. */
export function drawWords(brush: Brush, words: Words): void {
  brush.font = font(words.size, words.bold ? 'bold' : 'normal');
  brush.fillStyle = words.colour;
  brush.textAlign = words.align ?? 'left';
  brush.textBaseline = 'middle';
  brush.fillText(words.text, words.x, words.y);
}

/** Height of a line of text with its spacing. */
export function lineHeight(size: number): number {
  return Math.round(size * 1.25);
}
