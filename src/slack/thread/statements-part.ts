import type { EvidenceTable } from '../../core/report.ts';
import { layOutSql } from '../../core/sql/shorten.ts';
import { section } from '../blocks/builders.ts';
import { cleanText, oneLine } from '../text/clean-text.ts';
import { mrkdwn } from '../text/mrkdwn.ts';
import { fileName } from './charts-part.ts';
import type { Part } from './passage.ts';
import type { ReportView } from './report-view.ts';

const MOST_CHARACTERS = 500_000;

/** All statements of the tables in full as one file: what the messages shorten by its structure is there. */
export function statementsPart({ report }: ReportView): Part {
  const line = mrkdwn`Statements in full as a file, without their values: above they are shortened.`;
  return {
    name: 'statements',
    passages: [{ blocks: [section(line)], text: [line] }],
    attachments: [
      {
        kind: 'text',
        text: statementsText(report.tables),
        filename: `statements-${fileName(report.runId)}.sql`,
        title: 'Statements in full',
      },
    ],
  };
}

function statementsText(tables: readonly EvidenceTable[]): string {
  const seen = new Set<string>();
  const entries = tables.flatMap((table) =>
    table.rows.flatMap((row, rank) =>
      table.columns.flatMap(({ format, title }, index) => {
        const sql = row[index];
        if (format !== 'sql' || typeof sql !== 'string' || sql === '' || seen.has(sql)) return [];
        seen.add(sql);
        return [
          `-- ${oneLine(`${table.title}, row ${rank + 1}: ${title} (${table.probe} on ${table.service})`)}\n${layOutSql(sql)}\n`,
        ];
      }),
    ),
  );
  return cleanText(entries.join('\n')).slice(0, MOST_CHARACTERS);
}
