import { availableParallelism } from 'node:os';
import type { RouterConfig } from '../config/schema.ts';
import type { LogOptions } from './log.ts';
import type { ServerSettings } from './service.ts';

/** The part of the configuration that HTTP obeys. */
export function serverSettingsOf(config: RouterConfig): ServerSettings {
  const { router } = config.trafficShaping;
  return {
    graphqlPath: config.graphqlPath,
    playgroundPath: config.playground.enabled ? config.playground.path : null,
    playgroundTabs: config.playground.tabs,
    healthPath: config.healthCheckPath,
    readinessPath: config.readinessCheckPath,
    livenessPath: config.livenessCheckPath,
    maxBodyBytes: router.maxRequestBodySizeBytes,
    requestTimeoutMs: router.requestTimeoutMs,
    maxConcurrentRequests: router.maxConcurrentRequests,
    cors: {
      enabled: config.cors.enabled,
      allowOrigins: config.cors.allowOrigins,
      allowCredentials: config.cors.allowCredentials,
      maxAgeSeconds: Math.floor(config.cors.maxAgeMs / 1_000),
    },
  };
}

export function logOptionsOf(config: Pick<RouterConfig, 'logLevel' | 'jsonLog' | 'devMode'>): LogOptions {
  return { level: config.logLevel, format: config.jsonLog && !config.devMode ? 'json' : 'pretty' };
}

/** How many processes are asked for; `auto` is one per processor that this process may use. */
export function workerCount(workers: RouterConfig['cluster']['workers']): number {
  return workers === 'auto' ? availableParallelism() : workers;
}
