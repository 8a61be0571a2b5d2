/** Cross-origin access (config.md, `cors`): which pages of other origins may read an answer. */
import type { IncomingHttpHeaders } from 'node:http';

export interface CorsSettings {
  readonly enabled: boolean;
  /** `*`, origins, or origins with `*` for a part of the host: `https://*.example.com`. */
  readonly allowOrigins: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number;
}

/** Decides for one request; header names are lower-case. */
export interface Cors {
  /** Headers for any answer. */
  headers(request: IncomingHttpHeaders): readonly (readonly [string, string])[];
  /** What the answer to a preflight holds beside these; null when the request is none. */
  preflight(request: IncomingHttpHeaders): readonly (readonly [string, string])[] | null;
}

const EXPOSED = 'x-request-id, x-router-error-id, x-router-completed, retry-after';
const NONE: readonly (readonly [string, string])[] = [];

/** Compiles the settings once, so that a request costs a look-up. */
export function compileCors(settings: CorsSettings): Cors {
  if (!settings.enabled) return { headers: () => NONE, preflight: () => null };
  const isAllowed = compileOrigins(settings.allowOrigins);
  const isForAll = settings.allowOrigins.includes('*') && !settings.allowCredentials;

  const originHeaders = (request: IncomingHttpHeaders): (readonly [string, string])[] => {
    // The answer depends on Origin unless it is the same for all: caches must know, also when the header is missing.
    const headers: (readonly [string, string])[] = isForAll ? [] : [['vary', 'Origin']];
    if (request.origin === undefined || !isAllowed(request.origin)) return headers;
    headers.push(['access-control-allow-origin', isForAll ? '*' : request.origin]);
    if (settings.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
    return headers;
  };

  return {
    headers: (request) => {
      const headers = originHeaders(request);
      if (headers.some(([name]) => name === 'access-control-allow-origin')) headers.push(['access-control-expose-headers', EXPOSED]);
      return headers;
    },
    preflight: (request) => {
      if (request.origin === undefined || request['access-control-request-method'] === undefined) return null;
      const headers: (readonly [string, string])[] = [['vary', 'Access-Control-Request-Headers']];
      if (!isAllowed(request.origin)) return headers;
      headers.push(['access-control-allow-methods', 'GET, HEAD, POST']);
      const requested = request['access-control-request-headers'];
      if (requested !== undefined) headers.push(['access-control-allow-headers', requested]);
      headers.push(['access-control-max-age', String(settings.maxAgeSeconds)]);
      return headers;
    },
  };
}

function compileOrigins(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return () => true;
  const exact = new Set(origins.filter((origin) => !origin.includes('*')));
  const patterns = origins.filter((origin) => origin.includes('*')).map(patternOf);
  return (origin) => exact.has(origin) || patterns.some((pattern) => pattern.test(origin));
}

function patternOf(origin: string): RegExp {
  const parts = origin.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[A-Za-z0-9.-]*')}$`);
}
