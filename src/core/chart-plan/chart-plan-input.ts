import type { Cause } from '../diagnosis/cause.ts';
import type { Evidence, Point } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Service } from '../inventory/service.ts';
import type { Unit } from '../unit.ts';

/** Values of one metric of one target from before the run, oldest first. */
export interface ChartHistory {
  readonly service: string;
  readonly target: string;
  readonly metric: string;
  readonly unit: Unit;
  readonly points: readonly Point[];
}

/** The middle of what is usual and how far half of the values lie from it. */
export interface UsualRange {
  readonly median: number;
  readonly mad: number;
}

/** What the pictures of a report are planned from. Times in milliseconds since the epoch. */
export interface ChartPlanInput {
  /** One picture of all services, instead of the pictures of one trouble. */
  readonly overview: boolean;
  readonly subject: Service | undefined;
  readonly evidence: readonly Evidence[];
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Best first. */
  readonly causes: readonly Cause[];
  readonly services: readonly Service[];
  readonly history: readonly ChartHistory[];
  /** When the alert says that it began. */
  readonly onsetAt?: number;
  /** Deployments and the like that are known to the caller; starts of containers are found in the evidence. */
  readonly changes?: readonly { readonly at: number; readonly label: string }[];
  readonly now: number;
  usual(target: string, metric: string): number | undefined;
  /** Median and median absolute deviation of what is usual now, from long history; absent: only what the points say. */
  usualRange?(target: string, metric: string): UsualRange | undefined;
}
