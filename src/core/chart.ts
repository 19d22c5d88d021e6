import type { Point } from './evidence.ts';
import type { Unit } from './unit.ts';

/** A moment that explains the picture: when it began, what was deployed, where the target was crossed. */
export interface ChartMark {
  readonly at: number;
  readonly label: string;
  readonly kind: 'onset' | 'change' | 'breach' | 'resolved';
}

export interface ChartLine {
  readonly label: string;
  readonly points: readonly Point[];
  /** The line that the finding is about; the others are drawn quieter. */
  readonly emphasis?: boolean;
}

/** The usual range; where it changes in the time shown, `lower` and `upper` are those of its end. */
export interface ChartBand {
  readonly lower: number;
  readonly upper: number;
  readonly label: string;
  /** In time order; each holds until the next. Absent: one range for the whole picture. */
  readonly points?: readonly { readonly at: number; readonly lower: number; readonly upper: number }[];
}

interface ChartBase {
  /** Unique in the report, fit for a file name: `cpu-shop-api`. */
  readonly id: string;
  readonly title: string;
  /** States the finding in words, for people who do not see the picture. At most 2000 characters. */
  readonly alt: string;
  readonly unit: Unit;
  /** KPI or limit, drawn as a line with its label. */
  readonly threshold?: {
    readonly value: number;
    readonly label: string;
    /** `max` (default): values above it are tinted as a breach; `min`: values below it. */
    readonly bound?: 'max' | 'min';
  };
}

/** Values over time. */
export interface TimeChart extends ChartBase {
  readonly kind: 'time';
  readonly lines: readonly ChartLine[];
  /** The usual range, drawn behind the lines. */
  readonly band?: ChartBand;
  readonly marks: readonly ChartMark[];
}

/** One value each for several things, largest first. */
export interface BarChart extends ChartBase {
  readonly kind: 'bars';
  readonly bars: readonly { readonly label: string; readonly value: number; readonly emphasis?: boolean }[];
}

/** Several small time charts in one picture, each with its own axis. */
export interface PanelChart {
  readonly kind: 'panels';
  readonly id: string;
  readonly title: string;
  readonly alt: string;
  readonly panels: readonly TimeChart[];
}

/** Whose code a frame is: of the application, of a package that it uses, or of Node and V8. */
export type FrameOrigin = 'own' | 'package' | 'runtime';

/** A function in its callers. `start` and `width` are shares (0..1) of all that was measured. */
export interface FlameFrame {
  /** 0: called by the event loop; the frame that calls it is one less. */
  readonly depth: number;
  readonly start: number;
  readonly width: number;
  readonly label: string;
  /** File and line, `app.js:6`; empty for what is in no file. */
  readonly place: string;
  readonly origin: FrameOrigin;
  /** `finding`: the function that the finding is about; `path`: what leads to it, and where most of it goes. */
  readonly emphasis?: 'finding' | 'path';
}

/** A call tree: each frame beneath its caller, as wide as its share. */
export interface FlameChart {
  readonly kind: 'flame';
  readonly id: string;
  readonly title: string;
  readonly alt: string;
  /** What the widths are shares of: `CPU time`. */
  readonly measure: string;
  readonly frames: readonly FlameFrame[];
  /** What was left out, in words. */
  readonly note?: string;
}

/** What is to be drawn, as plain data; drawing it is the work of `charts/`. */
export type ChartSpec = TimeChart | BarChart | PanelChart | FlameChart;

/** A drawn chart. */
export interface ChartImage {
  readonly id: string;
  readonly title: string;
  readonly alt: string;
  readonly png: Uint8Array;
}
