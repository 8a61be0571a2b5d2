/** Reads a request's body: bounded in size and time, decoded from its content encoding. */
import type { IncomingMessage } from 'node:http';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { err, ok, type Result } from '../shared/result.ts';

export interface BodyLimits {
  /** Counted before and after decoding. */
  readonly maxBytes: number;
  /** For the whole body to arrive. */
  readonly timeoutMs: number;
}

export type BodyProblem = 'too_large' | 'timeout' | 'unsupported_encoding' | 'undecodable' | 'malformed' | 'client_gone';

type Decoder = (bytes: Buffer, options: { readonly maxOutputLength: number }, done: (error: Error | null, out: Buffer) => void) => void;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  br: brotliDecompress,
  // The name means the zlib format, yet many clients send the bare stream.
  deflate: (bytes, options, done) => (isZlibWrapped(bytes) ? inflate(bytes, options, done) : inflateRaw(bytes, options, done)),
};

/** The decoded body. Never rejects, and stops reading as soon as the answer is known. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Result<Buffer, BodyProblem>> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (request.destroyed) return err('client_gone'); // it will never say so again
  if (decoder === undefined && encoding !== 'identity' && encoding !== '') return err('unsupported_encoding');
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return err('too_large');
  const raw = await collect(request, limits);
  if (!raw.ok || decoder === undefined || raw.value.length === 0) return raw;
  return decode(raw.value, decoder, limits.maxBytes);
}

function collect(request: IncomingMessage, limits: BodyLimits): Promise<Result<Buffer, BodyProblem>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: Result<Buffer, BodyProblem>): void => {
      clearTimeout(timer);
      request.removeListener('data', onData).removeListener('end', onEnd).removeListener('close', onClose).removeListener('error', onError);
      request.pause();
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limits.maxBytes) finish(err('too_large'));
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish(ok(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    const onClose = (): void => finish(err('client_gone'));
    const onError = (error: NodeJS.ErrnoException): void => finish(err(isMalformed(error) ? 'malformed' : 'client_gone'));
    const timer = setTimeout(() => finish(err('timeout')), limits.timeoutMs);
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onError);
  });
}

/** Node's parser could not make sense of a chunk. A body that ends too early is an error of the parser as well. */
function isMalformed({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE';
}

function decode(bytes: Buffer, decoder: Decoder, maxBytes: number): Promise<Result<Buffer, BodyProblem>> {
  return new Promise((resolve) => {
    decoder(bytes, { maxOutputLength: maxBytes }, (error, out) => {
      if (error === null) resolve(ok(out));
      else resolve(err('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'undecodable'));
    });
  });
}

/** RFC 1950: compression method 8 and a header checksum. */
function isZlibWrapped(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes.readUInt8(0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}
