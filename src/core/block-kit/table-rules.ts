import { LIMITS } from './limits.ts';
import { richText } from './rich-text-rules.ts';
import {
  all,
  byType,
  characters,
  flag,
  isObject,
  list,
  numberWithin,
  oneOf,
  type Rule,
  refuse,
  shape,
} from './rule.ts';
import { blockId } from './text-rules.ts';

const cellText = characters(LIMITS.message.tableCharacters);
const cell = byType({
  raw_text: shape({ text: cellText }),
  raw_number: shape({ value: numberWithin(-Number.MAX_VALUE, Number.MAX_VALUE, 'any'), text: cellText }),
  rich_text: richText,
});

const column: Rule = (value, path) =>
  value === null ? [] : shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag })(value, path);

/** The table block; one of the table family is allowed in a message. */
export const table: Rule = shape(
  { rows: list(list(cell, { min: 1, max: LIMITS.table.columns }), { min: 1, max: LIMITS.table.rows }) },
  { ...blockId, column_settings: list(column, { max: LIMITS.table.columns }) },
);

const equalColumns: Rule = (value, path) => {
  const rows = isObject(value) && Array.isArray(value.rows) ? value.rows.filter(Array.isArray) : [];
  const width = rows[0]?.length;
  return rows.every((row) => row.length === width)
    ? []
    : refuse(`${path}/rows`, 'all rows must have the same number of columns');
};

/** The data_table block, with pages and sorting. */
export const dataTable: Rule = all(
  shape(
    {
      rows: list(list(cell, { min: 1, max: LIMITS.dataTable.columns }), {
        min: 2,
        max: LIMITS.dataTable.rows,
      }),
      caption: characters(LIMITS.section.text),
    },
    {
      ...blockId,
      page_size: numberWithin(1, LIMITS.dataTable.pageSize),
      row_header_column_index: numberWithin(0, LIMITS.dataTable.columns - 1),
    },
  ),
  equalColumns,
);
