import type { Log } from './log.ts';
import type { RequestRecord } from './service.ts';

/** The access log: one line per GraphQL request. */
export function writeAccessLine(log: Log, record: RequestRecord): void {
  const { requestId, method, path, status, facts } = record;
  log.info(
    {
      requestId,
      method,
      path,
      status,
      durationMs: Math.round(record.durationMs * 10) / 10,
      operationName: facts.operationName,
      operationType: facts.operationType,
      ...(record.clientName !== null && { clientName: record.clientName }),
      ...(record.clientVersion !== null && { clientVersion: record.clientVersion }),
      subgraphs: facts.subgraphs,
      errorCount: facts.errorCount,
      ...(facts.codes.length > 0 && { codes: facts.codes }),
      ...(facts.shared && { shared: true }),
      ...(facts.errorIds.length > 0 && { errorIds: facts.errorIds }),
    },
    'request',
  );
}
