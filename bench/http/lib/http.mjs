import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One GraphQL request on its own connection; { status, contentType, text }. */
export async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: 'close',
      ...headers,
    },
    body,
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, contentType: response.headers.get('content-type'), text: await response.text() };
}

/** Asks the subgraph process: GET unless a body is given. */
export async function control(basePort, path, method = 'GET', body) {
  const response = await fetch(`http://127.0.0.1:${basePort}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Whether nobody listens on a local port. */
export function isPortFree(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(socket.destroy() && false)).on('error', () => resolve(true));
  });
}

/** Calls `attempt` until it neither throws nor gives false. Throws after `seconds`, or when `gaveUp()` gives a reason. */
export async function until(attempt, { seconds, gaveUp = () => null, what }) {
  const deadline = Date.now() + seconds * 1000;
  let last = '';
  while (Date.now() < deadline) {
    const reason = gaveUp();
    if (reason) throw new Error(`${what}: ${reason}`);
    try {
      if ((await attempt()) !== false) return;
    } catch (e) {
      last = e.cause?.message ?? e.message;
    }
    await sleep(50);
  }
  throw new Error(`${what}: not ready after ${seconds} s (${last})`);
}
