import { LIMITS } from './limits.ts';
import { all, byType, characters, isObject, list, numberWithin, type Rule, refuse, shape } from './rule.ts';
import { blockId } from './text-rules.ts';

const { series, points, label, axisLabel, title } = LIMITS.chart;
const amount = numberWithin(-Number.MAX_VALUE, Number.MAX_VALUE, 'any');
const point = shape({ label: characters(label), value: amount });

const axisShape = shape({
  series: list(shape({ name: characters(label), data: list(point, { min: 1, max: points }) }), {
    min: 1,
    max: series,
  }),
  axis_config: shape(
    { categories: list(characters(label), { min: 1, max: points }) },
    { x_label: characters(axisLabel), y_label: characters(axisLabel) },
  ),
});

/** Names are unique and every series has one point for each category. */
const seriesFitAxis: Rule = (chart, path) => {
  if (!isObject(chart) || !isObject(chart.axis_config) || !Array.isArray(chart.series)) return [];
  const categories = JSON.stringify(chart.axis_config.categories);
  const all = chart.series.filter(isObject);
  const unfit = all.flatMap((entry, index) => {
    const labels = Array.isArray(entry.data)
      ? entry.data.map((p: unknown) => (isObject(p) ? p.label : p))
      : [];
    return JSON.stringify(labels) === categories
      ? []
      : refuse(`${path}/series/${index}/data`, 'labels must match axis_config.categories');
  });
  const unique = new Set(all.map(({ name }) => name)).size === all.length;
  return unique ? unfit : [...unfit, ...refuse(`${path}/series`, 'series names must be unique')];
};

const axisChart = all(axisShape, seriesFitAxis);

/** The data_visualization block: a chart that Slack draws itself. */
export const dataVisualization: Rule = shape(
  {
    title: characters(title),
    chart: byType({
      line: axisChart,
      bar: axisChart,
      area: axisChart,
      pie: shape({
        segments: list(shape({ label: characters(label), value: numberWithin(0, Number.MAX_VALUE, 'any') }), {
          min: 1,
          max: series,
        }),
      }),
    }),
  },
  blockId,
);
