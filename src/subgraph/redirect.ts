/** Where a request goes; `origin` never changes, so that a redirect can never reach another host (config.md, `redirects`). */
export interface HttpTarget {
  readonly origin: string;
  readonly path: string;
  readonly method: 'POST' | 'GET';
}

/** The target of a routing URL, or null when it is not an `http` or `https` URL. */
export function targetOf(url: string): HttpTarget | null {
  if (!URL.canParse(url)) return null;
  const { protocol, origin, pathname, search } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? { origin, path: pathname + search, method: 'POST' } : null;
}

/**
 * Where a redirect leads by the rules of the Fetch standard: 307 and 308 repeat the request, 301, 302 and 303 make it a GET without a body.
 * Null for other statuses, without a usable `location`, and when it leads to another origin.
 */
export function followRedirect(from: HttpTarget, status: number, location: string | null): HttpTarget | null {
  if (location === null || !URL.canParse(location, from.origin + from.path)) return null;
  const { origin, pathname, search } = new URL(location, from.origin + from.path);
  if (origin !== from.origin) return null;
  switch (status) {
    case 307:
    case 308:
      return { origin, path: pathname + search, method: from.method };
    case 301:
    case 302:
    case 303:
      return { origin, path: pathname + search, method: 'GET' };
    default:
      return null;
  }
}
