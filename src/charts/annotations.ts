import type { ChartType } from 'chart.js';
import type { TimeChart } from '../core/chart.ts';
import { type ChartTheme, withOpacity } from './theme.ts';
import type { TimeLayout } from './time-layout.ts';

/** What we use of chartjs-plugin-annotation, whose own types do not resolve from an ES module. */
export interface Annotation {
  readonly type: 'line' | 'box';
  readonly [option: string]: unknown;
}

declare module 'chart.js' {
  interface PluginOptionsByType<TType extends ChartType> {
    /** The key is there for every type of chart. */
    annotation: { readonly annotations: readonly Annotation[]; readonly type?: TType };
  }
}

/** Lines at the marks, one usual range as a band behind the data, and the target as a dashed line. */
export function annotations(
  spec: TimeChart,
  { marks, values }: TimeLayout,
  theme: ChartTheme,
): readonly Annotation[] {
  const shown: Annotation[] = marks.map(({ mark }) => ({
    type: 'line',
    scaleID: 'x',
    value: mark.at,
    borderColor: theme.marks[mark.kind],
    borderWidth: 3,
    borderDash: mark.kind === 'change' ? [4, 8] : [],
  }));
  if (spec.band && spec.band.points === undefined) {
    shown.push({
      type: 'box',
      yMin: Math.max(values.min, spec.band.lower),
      yMax: Math.min(values.max, spec.band.upper),
      backgroundColor: withOpacity(theme.band, 0.28),
      borderColor: theme.band,
      // One usual value without a range would have no area.
      borderWidth: spec.band.lower === spec.band.upper ? 3 : 0,
      drawTime: 'beforeDatasetsDraw',
    });
  }
  if (spec.threshold && spec.threshold.value <= values.max && spec.threshold.value >= values.min) {
    shown.push({
      type: 'line',
      scaleID: 'y',
      value: spec.threshold.value,
      borderColor: theme.threshold,
      borderWidth: 4,
      borderDash: [18, 12],
    });
  }
  return shown;
}
