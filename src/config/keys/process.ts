/** The process itself: profile, logs, probes, reload, shutdown, workers, tools for development. */
import * as z from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { duration, parsedText, positiveDuration, section, urlPath } from '../fields.ts';

const WORKERS_EXPECTED = 'expected a number of workers, or auto';

function parseWorkers(text: string): Result<number | 'auto', string> {
  if (text === 'auto') return ok(text);
  return /^[1-9]\d{0,2}$/.test(text) ? ok(Number(text)) : err(WORKERS_EXPECTED);
}

const VERSION_EXPECTED = 'expected "1"';

const parseVersion = (text: string): Result<'1', string> => (text === '1' ? ok(text) : err(VERSION_EXPECTED));

export const processKeys = {
  version: parsedText(parseVersion, VERSION_EXPECTED, { variables: [], type: '`"1"`' })
    .prefault('1')
    .describe('Version of the file format.'),
  compatibility: z
    .enum(['none', 'cosmo'])
    .default('none')
    .describe("`cosmo`: errors equal Cosmo Router's. `none`: Candor's own, with exact paths, codes and ids."),
  dev_mode: z
    .boolean()
    .default(false)
    .describe(
      'For development only. Shows error details (`enabled`, `propagate_status_codes`, locations, `code` and `stacktrace`), pretty logs, query plans, traces and the error inspector. Overrides what the file says about these.',
    ),
  log_level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The least severe log lines to write.'),
  json_log: z.boolean().default(true).describe('Log lines as JSON; `false` prints them for people. `dev_mode` forces `false`.'),
  access_logs: section({
    enabled: z.boolean().default(true).describe('One log line per request.'),
  })
    .prefault({})
    .describe('The access log.'),
  health_check_path: urlPath().default('/health').describe('Answers 200 while the process is fine.'),
  readiness_check_path: urlPath()
    .default('/health/ready')
    .describe('Answers 200 when requests can be served; 503 until the graph is loaded, and while draining.'),
  liveness_check_path: urlPath().default('/health/live').describe('Answers 200 while the process is fine, also while draining.'),
  watch_config: section({
    enabled: z
      .boolean()
      .default(false)
      .describe('Reload when a configuration file changes. A broken file keeps the running configuration.'),
    interval: positiveDuration().prefault('10s').describe('How often the files are looked at.'),
  })
    .prefault({})
    .describe('Reload without a restart; `SIGHUP` reloads in any case.'),
  shutdown_notice: duration()
    .prefault('3s')
    .describe(
      'How long the router goes on serving after SIGTERM while its readiness check already answers 503, so that load balancers notice before it takes no more connections. At most what `shutdown_delay` leaves beside `grace_period`. Not kept on SIGINT (Ctrl-C).',
    ),
  shutdown_delay: duration()
    .prefault('60s')
    .describe('How long a shutdown may take in all, counted from the signal; what is still open then is cut.'),
  grace_period: duration().prefault('30s').describe('How long requests in flight may take to finish on shutdown, after `shutdown_notice`.'),
  cluster: section({
    workers: parsedText(parseWorkers, WORKERS_EXPECTED, { type: 'number or `auto`' })
      .prefault('1')
      .describe(
        'Processes that share the port: a number, or `auto` for one per processor. Limits, circuit breakers, caches, connection pools and request sharing are those of each process.',
      ),
  })
    .prefault({})
    .describe('Several processes behind one port.'),
  inspector: section({
    enabled: z.boolean().default(true).describe('Serve the error inspector at `/_candor/errors`. Acts in `dev_mode` only.'),
    allow_remote: z.boolean().default(false).describe('Let others than the local machine open it.'),
  })
    .prefault({})
    .describe('The error inspector of `dev_mode`.'),
};
