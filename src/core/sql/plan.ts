import { z } from 'zod';
import { normaliseSql } from './normalise.ts';
import { quoteName } from './statement-shape.ts';

/** A node of `EXPLAIN (FORMAT JSON, VERBOSE)`, as far as it is read. */
const Node = z.object({
  'Node Type': z.string(),
  'Join Type': z.string().optional(),
  Schema: z.string().optional(),
  'Relation Name': z.string().optional(),
  Alias: z.string().optional(),
  'Index Name': z.string().optional(),
  Filter: z.string().optional(),
  'Index Cond': z.string().optional(),
  'Recheck Cond': z.string().optional(),
  'Hash Cond': z.string().optional(),
  'Merge Cond': z.string().optional(),
  'Join Filter': z.string().optional(),
  'Sort Key': z.array(z.string()).optional(),
  'Group Key': z.array(z.string()).optional(),
  'Plan Rows': z.number(),
  'Plan Width': z.number(),
  'Total Cost': z.number(),
  get Plans() {
    return z.array(Node).optional();
  },
});
type Node = z.infer<typeof Node>;

/** The one column of `EXPLAIN (FORMAT JSON)`. */
export const ExplainedPlan = z.tuple([z.object({ Plan: Node })]).rest(z.unknown());
export type ExplainedPlan = z.infer<typeof ExplainedPlan>;

/** One step of a plan. Texts hold no values; names in them are quoted as SQL needs it. */
export interface PlanStep {
  /** 0 for the last step, whose rows are the answer. */
  readonly depth: number;
  /** `Seq Scan`, `Index Scan`, `Sort`, `Hash Join`. */
  readonly step: string;
  /** With its schema. */
  readonly table: string | null;
  readonly alias: string | null;
  /** What rows are thrown away by after they were read. */
  readonly filter: string | null;
  /** What rows are found or joined by. */
  readonly condition: string | null;
  /** What is sorted or grouped by. */
  readonly keys: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly cost: number;
}

/** Longer plans are cut; their first steps cost most. */
const MOST_STEPS = 25;
const LONGEST_TEXT = 500;

/** The steps of a plan, each before the ones that it takes its rows from. */
export function planSteps([{ Plan }]: ExplainedPlan): readonly PlanStep[] {
  return walk(Plan, 0).slice(0, MOST_STEPS);
}

function walk(node: Node, depth: number): readonly PlanStep[] {
  return [toStep(node, depth), ...(node.Plans ?? []).flatMap((child) => walk(child, depth + 1))];
}

function toStep(node: Node, depth: number): PlanStep {
  const relation = node['Relation Name'];
  const condition =
    node['Index Cond'] ??
    node['Recheck Cond'] ??
    node['Hash Cond'] ??
    node['Merge Cond'] ??
    node['Join Filter'];
  const keys = node['Sort Key'] ?? node['Group Key'];
  return {
    depth,
    step: node['Node Type'].slice(0, 40),
    table: relation === undefined ? null : qualified(node.Schema, relation),
    alias: node.Alias ?? null,
    filter: shown(node.Filter),
    condition: shown(condition),
    keys: shown(keys?.join(', ')),
    rows: node['Plan Rows'],
    bytes: node['Plan Rows'] * node['Plan Width'],
    cost: node['Total Cost'],
  };
}

function qualified(schema: string | undefined, relation: string): string {
  return schema === undefined ? quoteName(relation) : `${quoteName(schema)}.${quoteName(relation)}`;
}

/** Constants of a view or an index may stand in a condition: they are values like all others. */
function shown(text: string | undefined): string | null {
  return text === undefined ? null : normaliseSql(text, LONGEST_TEXT);
}
