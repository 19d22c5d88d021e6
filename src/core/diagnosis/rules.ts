import type { DiagnosisRule } from './rule.ts';
import { appAcceptQueueFullRule } from './rules/app-accept-queue-full.ts';
import { appConnectionChurnRule } from './rules/app-connection-churn.ts';
import { appLargeJsonRule, appSyncCryptoRule } from './rules/app-costly-builtin.ts';
import { appCpuHotFunctionRule } from './rules/app-cpu-hot-function.ts';
import { appErrorResponsesRule } from './rules/app-error-responses.ts';
import { appEventLoopBlockRule } from './rules/app-event-loop-block.ts';
import { appFdExhaustionRule } from './rules/app-fd-exhaustion.ts';
import { appGcThrashRule } from './rules/app-gc-thrash.ts';
import { appErrorBurstRule, appLogFloodRule } from './rules/app-logs.ts';
import { appMemoryLeakRule } from './rules/app-memory-leak.ts';
import { appNPlusOneRule } from './rules/app-n-plus-one.ts';
import { appSlowResponseRule } from './rules/app-slow-response.ts';
import { appUnreachableRule } from './rules/app-unreachable.ts';
import { appV8HeapOomRule } from './rules/app-v8-heap-oom.ts';
import { cacheClientsRule } from './rules/cache-clients.ts';
import { cacheEvictionRule } from './rules/cache-eviction.ts';
import { cacheKeysRule } from './rules/cache-keys.ts';
import { cacheLimitsRule } from './rules/cache-limits.ts';
import { cachePersistenceRule } from './rules/cache-persistence.ts';
import { cacheSlowCommandsRule } from './rules/cache-slow-commands.ts';
import { cacheStampedeRule } from './rules/cache-stampede.ts';
import { appCpuBusyRule, containerCpuSaturatedRule } from './rules/container-cpu-saturated.ts';
import { containerCpuThrottledRule } from './rules/container-cpu-throttled.ts';
import { containerCrashLoopRule } from './rules/container-crash-loop.ts';
import { containerHealthTimeoutRule, containerUnhealthyRule } from './rules/container-health.ts';
import { appMemoryGrowthRule, containerMemoryNearLimitRule } from './rules/container-memory.ts';
import { containerOomChildRule, containerOomKillRule } from './rules/container-oom.ts';
import { containerStoppedRule } from './rules/container-stopped.ts';
import { dbConnectionsRule } from './rules/db-connections.ts';
import { dbDeadlockRule } from './rules/db-deadlock.ts';
import { dbIdleInTxRule } from './rules/db-idle-in-tx.ts';
import { dbIndexFaultsRule } from './rules/db-index-faults.ts';
import { dbLockWaitsRule } from './rules/db-lock-waits.ts';
import { dbLowCacheHitRule } from './rules/db-low-cache-hit.ts';
import { dbMaintenanceRule } from './rules/db-maintenance.ts';
import { dbMemorySettingsRule } from './rules/db-memory-settings.ts';
import { dbMissingIndexRule } from './rules/db-missing-index.ts';
import { dbNeedlessIndexesRule } from './rules/db-needless-indexes.ts';
import { dbNoisyQueryRule } from './rules/db-noisy-query.ts';
import { dbReplicationRule } from './rules/db-replication.ts';
import { dbSettingsRule } from './rules/db-settings.ts';
import { dbSlowQueryRule } from './rules/db-slow-query.ts';
import { dbTableUpkeepRule } from './rules/db-table-upkeep.ts';
import { dbWorkMemSpillRule } from './rules/db-work-mem-spill.ts';
import { dbXminHeldRule } from './rules/db-xmin-held.ts';
import { depDnsSlowRule } from './rules/dep-dns-slow.ts';
import { depDownstreamSlowRule } from './rules/dep-downstream-slow.ts';
import { frontendBundleRule } from './rules/frontend-bundle.ts';
import {
  frontendHttp1Rule,
  frontendNotCachedRule,
  frontendUncompressedRule,
} from './rules/frontend-delivery.ts';
import { hostCpuSaturationRule } from './rules/host-cpu-saturation.ts';
import { hostDiskFullRule } from './rules/host-disk-full.ts';
import { hostDiskIoRule } from './rules/host-disk-io.ts';
import { hostDockerDiskRule } from './rules/host-docker-disk.ts';
import { hostMemoryPressureRule } from './rules/host-memory-pressure.ts';
import { netDbLatencyRule } from './rules/net-db-latency.ts';
import { netBandwidthRule, netConnectSlowRule } from './rules/net-phases.ts';
import {
  proxyConnectSlowRule,
  proxyDroppedConnectionsRule,
  proxySlowClientRule,
} from './rules/proxy-connections.ts';
import { proxyPortsExhaustedRule, proxyRequestLimitRule } from './rules/proxy-limits.ts';
import { proxyStaleUpstreamRule } from './rules/proxy-stale-upstream.ts';
import { proxyTimeoutRule } from './rules/proxy-timeout.ts';

/** All diagnosis rules; their order means nothing. Add a line here for a new one. */
export const RULES: readonly DiagnosisRule[] = [
  appAcceptQueueFullRule,
  appConnectionChurnRule,
  appCpuBusyRule,
  appCpuHotFunctionRule,
  appErrorBurstRule,
  appErrorResponsesRule,
  appFdExhaustionRule,
  appEventLoopBlockRule,
  appGcThrashRule,
  appLargeJsonRule,
  appLogFloodRule,
  appMemoryGrowthRule,
  appMemoryLeakRule,
  appNPlusOneRule,
  appSlowResponseRule,
  appSyncCryptoRule,
  appUnreachableRule,
  appV8HeapOomRule,
  cacheClientsRule,
  cacheEvictionRule,
  cacheKeysRule,
  cacheLimitsRule,
  cachePersistenceRule,
  cacheSlowCommandsRule,
  cacheStampedeRule,
  containerCpuSaturatedRule,
  containerCpuThrottledRule,
  containerCrashLoopRule,
  containerHealthTimeoutRule,
  containerMemoryNearLimitRule,
  containerOomChildRule,
  containerOomKillRule,
  containerStoppedRule,
  containerUnhealthyRule,
  dbConnectionsRule,
  dbDeadlockRule,
  dbIdleInTxRule,
  dbIndexFaultsRule,
  dbLockWaitsRule,
  dbLowCacheHitRule,
  dbMaintenanceRule,
  dbMemorySettingsRule,
  dbMissingIndexRule,
  dbNeedlessIndexesRule,
  dbNoisyQueryRule,
  dbReplicationRule,
  dbSettingsRule,
  dbSlowQueryRule,
  dbTableUpkeepRule,
  dbWorkMemSpillRule,
  dbXminHeldRule,
  depDnsSlowRule,
  depDownstreamSlowRule,
  frontendBundleRule,
  frontendHttp1Rule,
  frontendNotCachedRule,
  frontendUncompressedRule,
  hostCpuSaturationRule,
  hostDiskFullRule,
  hostDiskIoRule,
  hostDockerDiskRule,
  hostMemoryPressureRule,
  netBandwidthRule,
  netConnectSlowRule,
  netDbLatencyRule,
  proxyConnectSlowRule,
  proxyDroppedConnectionsRule,
  proxyPortsExhaustedRule,
  proxyRequestLimitRule,
  proxySlowClientRule,
  proxyStaleUpstreamRule,
  proxyTimeoutRule,
];
