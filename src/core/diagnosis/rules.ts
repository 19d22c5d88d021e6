import type { DiagnosisRule } from './rule.ts';
import { appErrorBurstRule, appLogFloodRule } from './rules/app-logs.ts';
import { appV8HeapOomRule } from './rules/app-v8-heap-oom.ts';
import { appCpuBusyRule, containerCpuSaturatedRule } from './rules/container-cpu-saturated.ts';
import { containerCpuThrottledRule } from './rules/container-cpu-throttled.ts';
import { containerCrashLoopRule } from './rules/container-crash-loop.ts';
import { containerHealthTimeoutRule, containerUnhealthyRule } from './rules/container-health.ts';
import { appMemoryGrowthRule, containerMemoryNearLimitRule } from './rules/container-memory.ts';
import { containerOomChildRule, containerOomKillRule } from './rules/container-oom.ts';
import { containerStoppedRule } from './rules/container-stopped.ts';

/** All diagnosis rules; their order means nothing. Add a line here for a new one. */
export const RULES: readonly DiagnosisRule[] = [
  appCpuBusyRule,
  appErrorBurstRule,
  appLogFloodRule,
  appMemoryGrowthRule,
  appV8HeapOomRule,
  containerCpuSaturatedRule,
  containerCpuThrottledRule,
  containerCrashLoopRule,
  containerHealthTimeoutRule,
  containerMemoryNearLimitRule,
  containerOomChildRule,
  containerOomKillRule,
  containerStoppedRule,
  containerUnhealthyRule,
];
