/** What the HTTP server knows of the error inspector. Types and its address only: the inspector itself is loaded in `dev_mode` alone. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export const INSPECTOR_PATH = '/_candor/errors';

export interface InspectorRoutes {
  /** Answers a request whose path is `INSPECTOR_PATH` or below it. Never throws. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): void;
}

export function isInspectorPath(path: string): boolean {
  return path === INSPECTOR_PATH || path.startsWith(`${INSPECTOR_PATH}/`);
}
