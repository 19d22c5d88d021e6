import type { Cell, Table } from './block-shapes.ts';
import { RichText } from './rich-text.tsx';

function CellContent({ cell }: { readonly cell: Cell }) {
  if (cell.type === 'raw_text') return cell.text;
  if (cell.type === 'raw_number') return cell.text ?? new Intl.NumberFormat().format(cell.value);
  return <RichText parts={cell.elements} />;
}

/** A table. As in Slack its first row is the header. */
export function TableView({ table }: { readonly table: Table }) {
  const [head = [], ...rows] = table.rows;
  const look = (column: number) => {
    const settings = table.column_settings[column];
    return {
      'data-align': settings?.align ?? 'left',
      'data-wrapped': settings?.is_wrapped === true || undefined,
    };
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-frame" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other identity
              <th key={column} scope="col" {...look(column)}>
                <CellContent cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity
            <tr key={row}>
              {cells.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other identity
                <td key={column} {...look(column)}>
                  <CellContent cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
