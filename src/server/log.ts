/** The only door to pino. Messages are fixed sentences, values go in fields. */
import { pino } from 'pino';
import { isColorSupported, prettyFactory } from 'pino-pretty';

export type LogFields = Readonly<Record<string, unknown>>;

type Write = (fields: LogFields, message: string) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Whether lines of this level are written at all: for whoever has work to do before it can write one. */
  writes(level: 'debug' | 'info' | 'warn' | 'error'): boolean;
  /** For a reload: level and format apply from now on. */
  configure(options: LogOptions): void;
}

export interface LogOptions {
  /** `trace` is `debug` to us, and we write nothing as grave as `fatal`. */
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** JSON lines, or lines for people. */
  readonly format: 'json' | 'pretty';
}

/** Takes complete lines, each with its newline. */
export interface LogSink {
  write(line: string): void;
}

/** A log that writes at once, to standard output unless told otherwise: nothing is lost when the process ends. `fixed` stands in every line. */
export function createLog(
  options: LogOptions,
  sink: LogSink = pino.destination({ fd: 1, sync: true }),
  fixed: LogFields | null = null,
): Log {
  const pretty = prettyFactory({ colorize: isColorSupported, translateTime: 'SYS:HH:MM:ss.l', singleLine: true });
  let format = options.format;
  const logger = pino(
    {
      level: options.level,
      base: fixed,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err }, // an Error has no members of its own to print
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => sink.write(format === 'pretty' ? pretty(line) : line) },
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    writes: (level) => logger.isLevelEnabled(level),
    configure: (changed) => {
      logger.level = changed.level;
      format = changed.format;
    },
  };
}
