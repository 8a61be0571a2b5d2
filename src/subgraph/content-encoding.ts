import { brotliDecompress, brotliDecompressSync, gunzip, gunzipSync, inflate, inflateRaw, inflateRawSync, inflateSync } from 'node:zlib';
import { err, ok, type Result } from '../shared/result.ts';

export type DecodeFailure = { readonly kind: 'interrupted' | 'too_large'; readonly cause: unknown };
export type Decoded = Result<Buffer, DecodeFailure>;

// Up to this size a body is decoded at once on this thread, which is far cheaper than a worker, as long as
// the outcome is small too: a bomb is given up after `SMALL_OUTPUT_BYTES` and handed to a worker thread.
const SMALL_INPUT_BYTES = 16 * 1024;
const SMALL_OUTPUT_BYTES = 1024 * 1024;

interface Codec {
  now(input: Buffer, options: { readonly maxOutputLength: number }): Buffer;
  later(input: Buffer, options: { readonly maxOutputLength: number }, done: (error: Error | null, output: Buffer) => void): void;
}

const GZIP: Codec = { now: gunzipSync, later: gunzip };
const ZLIB: Codec = { now: inflateSync, later: inflate };
const RAW_DEFLATE: Codec = { now: inflateRawSync, later: inflateRaw };
const BROTLI: Codec = { now: brotliDecompressSync, later: brotliDecompress };

/** The codings of a `content-encoding` header in the order in which they were applied, lower case, `identity` left out. */
export function readCodings(header: string | null): readonly string[] {
  if (header === null) return [];
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  return names.filter((name) => name !== '' && name !== 'identity');
}

/**
 * Undoes content codings, the last one first, and calls back with at most `maxBytes` bytes; often before it returns.
 *
 * Damaged or cut data is `interrupted`. `deflate` may be wrapped by zlib, as the standard has it, or raw, as some servers send it.
 */
export function decodeBody(body: Buffer, codings: readonly string[], maxBytes: number, done: (decoded: Decoded) => void): void {
  const coding = codings.at(-1);
  if (coding === undefined) {
    done(ok(body));
    return;
  }
  const codec = codecFor(coding, body);
  if (codec === null) {
    done(undecodable(body, coding));
    return;
  }
  const rest = codings.slice(0, -1);
  const next = (decoded: Decoded): void => {
    if (decoded.ok && rest.length > 0) decodeBody(decoded.value, rest, maxBytes, done);
    else done(decoded);
  };
  const small = body.length <= SMALL_INPUT_BYTES ? decodeNow(codec, body, Math.min(maxBytes, SMALL_OUTPUT_BYTES)) : null;
  if (small !== null && (small.ok || small.error.kind === 'interrupted' || maxBytes <= SMALL_OUTPUT_BYTES)) next(small);
  else
    codec.later(body, { maxOutputLength: outputLimit(maxBytes) }, (error, output) =>
      next(error === null ? ok(output) : err(failureFrom(error))),
    );
}

function decodeNow(codec: Codec, body: Buffer, maxBytes: number): Decoded {
  try {
    return ok(codec.now(body, { maxOutputLength: outputLimit(maxBytes) }));
  } catch (error) {
    return err(failureFrom(error));
  }
}

// zlib refuses 0.
const outputLimit = (maxBytes: number): number => Math.max(1, maxBytes);

function codecFor(coding: string, body: Buffer): Codec | null {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return GZIP;
    case 'deflate':
      return isZlib(body) ? ZLIB : RAW_DEFLATE;
    case 'br':
      return BROTLI;
    default:
      return null;
  }
}

/** RFC 1950 section 2.2: method 8 and a header that is a multiple of 31. */
function isZlib(body: Buffer): boolean {
  const method = body[0] ?? 0;
  return (method & 0x0f) === 8 && ((method << 8) | (body[1] ?? 0)) % 31 === 0;
}

/** Some servers put a charset or `none` into `content-encoding`: what looks like a JSON object is taken as it is. */
function undecodable(body: Buffer, coding: string): Decoded {
  if (/^\s*\{/.test(body.subarray(0, 64).toString('latin1'))) return ok(body);
  return err({ kind: 'interrupted', cause: new Error(`unknown content encoding ${JSON.stringify(coding)}`) });
}

function failureFrom(error: unknown): DecodeFailure {
  const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
  return { kind: tooLarge ? 'too_large' : 'interrupted', cause: error };
}
