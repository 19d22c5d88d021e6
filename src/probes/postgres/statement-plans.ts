import type { Gap, Table } from '../../core/evidence.ts';
import { type Explainable, explainable } from '../../core/sql/explainable.ts';
import type { PlanStep } from '../../core/sql/plan.ts';
import { tablesOf } from '../../core/sql/statement-shape.ts';
import type { PostgresClients } from './clients.ts';
import { sqlStateOf } from './errors.ts';
import { genericPlan } from './generic-plan.ts';
import { missingGrant, planObstacle } from './plan-guard.ts';
import type { ServerFacts } from './server-facts.ts';

/** A statement of the window with its whole text, as pg_stat_statements keeps it: without values. */
export interface PlannedStatement {
  readonly queryid: string;
  readonly userid: string;
  readonly text: string;
}

interface Access {
  readonly clients: PostgresClients;
  readonly targetId: string;
  readonly signal: AbortSignal;
  readonly facts: ServerFacts;
}

type Outcome =
  | { readonly queryid: string; readonly steps: readonly PlanStep[] }
  | { readonly queryid: string; readonly gap: Gap };

/** Plans of the first SELECTs among statements, each in a transaction of its own. Nothing is run; what must not be planned becomes a gap. */
export async function statementPlans(
  access: Access,
  statements: readonly PlannedStatement[],
  most: number,
): Promise<{ readonly table: Table | undefined; readonly gaps: readonly Gap[] }> {
  const outcomes: Outcome[] = [];
  const selects = statements.flatMap((statement) => {
    const found = explainable(statement.text);
    return found ? [{ statement, found }] : [];
  });
  for (const { statement, found } of selects.slice(0, most))
    outcomes.push(await planOf(access, statement, found));
  const plans = outcomes.flatMap((outcome) => ('steps' in outcome ? [outcome] : []));
  const gaps = outcomes.flatMap((outcome) => ('gap' in outcome ? [outcome.gap] : []));
  return {
    table: plans.length === 0 ? undefined : planTable(plans),
    gaps: [...new Map(gaps.map((gap) => [`${gap.reason} ${gap.mend}`, gap])).values()],
  };
}

async function planOf(access: Access, statement: PlannedStatement, found: Explainable): Promise<Outcome> {
  const { clients, targetId, signal } = access;
  const { queryid, userid, text } = statement;
  try {
    const answer = await clients.read(targetId, signal, async (query) => {
      const obstacle = await planObstacle(query, found);
      return obstacle ?? (await genericPlan(query, { sql: text, userid }));
    });
    return typeof answer === 'string' ? refused(queryid, answer) : { queryid, steps: answer };
  } catch (error) {
    signal.throwIfAborted();
    return { queryid, gap: await explain(access, statement, error) };
  }
}

function refused(queryid: string, obstacle: string): Outcome {
  const reason = `It uses ${obstacle}: to plan it may run code that is not PostgreSQL's own, so perfbot does not ask for the plan.`;
  return { queryid, gap: { what: whatOf(queryid), reason } };
}

async function explain(
  { clients, targetId, signal, facts }: Access,
  { queryid, text }: PlannedStatement,
  error: unknown,
): Promise<Gap> {
  const what = whatOf(queryid);
  const state = sqlStateOf(error);
  // A schema that the role may not use looks like a table that is not there.
  if (state === '42501' || state === '42P01') {
    const tables = tablesOf(text).map(({ table }) => table);
    // The grant is a help; without it the statements themselves are still worth telling.
    const missing = await clients
      .read(targetId, signal, (query) => missingGrant(query, tables, facts.role))
      .catch(() => undefined);
    signal.throwIfAborted();
    if (missing) {
      return {
        what: 'Plans of the heaviest statements',
        reason: `The role ${facts.role} may not read ${missing.tables}, and PostgreSQL shows plans only to roles that may. The right lets it read the rows too, so leave it out where they are secret.`,
        mend: missing.grant,
      };
    }
  }
  const reason = REASONS[state ?? ''] ?? `PostgreSQL could not plan it (${state ?? 'no code'}).`;
  return { what, reason };
}

const REASONS: Readonly<Record<string, string>> = {
  '42P01': 'Its tables are not found: the application sets its search_path itself, or uses temporary tables.',
  '42501': 'The role may not use something that it needs.',
  '55P03': 'A schema change is under way on its tables.',
  '57014': 'Planning took longer than 5 s.',
};

function whatOf(queryid: string): string {
  return `Plan of statement ${queryid}`;
}

function planTable(
  plans: readonly { readonly queryid: string; readonly steps: readonly PlanStep[] }[],
): Table {
  return {
    name: 'plans',
    title: 'Plans of the heaviest statements, as estimated for any value (nothing was run)',
    columns: [
      { name: 'queryid', title: 'Statement' },
      { name: 'depth', title: 'Level' },
      { name: 'step', title: 'Step' },
      { name: 'table', title: 'Table' },
      { name: 'rows', title: 'Rows expected', unit: 'count' },
      { name: 'cost', title: 'Cost up to here' },
      { name: 'bytes', title: 'Bytes expected', unit: 'bytes' },
      { name: 'filter', title: 'Throws away by', format: 'sql' },
      { name: 'condition', title: 'Finds by', format: 'sql' },
      { name: 'keys', title: 'Sorts or groups by', format: 'sql' },
      { name: 'alias', title: 'Called' },
    ],
    rows: plans.flatMap(({ queryid, steps }) =>
      steps.map((step) => [
        queryid,
        step.depth,
        step.step,
        step.table,
        step.rows,
        step.cost,
        step.bytes,
        step.filter,
        step.condition,
        step.keys,
        step.alias,
      ]),
    ),
  };
}
