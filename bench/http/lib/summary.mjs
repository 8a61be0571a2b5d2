// From cells to one row per gateway and mode: medians, ranges, ratios.
import { judge } from './judge.mjs';

export function median(values) {
  const v = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (!v.length) return NaN;
  const i = v.length >> 1;
  return v.length % 2 ? v[i] : (v[i - 1] + v[i]) / 2;
}

/**
 * One row per gateway and mode, in the order measured. Invalid rounds are left out while valid ones remain; otherwise the row is invalid.
 * Ratios are medians of the ratios within a round, so that drift of the machine cancels out.
 */
export function summarize(cells, { baseline, options }) {
  const judged = cells.map((cell) => ({ cell, remarks: judge(cell, options) }));
  const rows = [];
  for (const mode of new Set(cells.map((c) => c.mode))) {
    const ofMode = judged.filter((j) => j.cell.mode === mode);
    const base = usable(ofMode.filter((j) => j.cell.gateway === baseline)).cells;
    for (const gateway of new Set(ofMode.map((j) => j.cell.gateway))) {
      const own = ofMode.filter((j) => j.cell.gateway === gateway);
      rows.push(createRow(own, base, options));
    }
  }
  return rows;
}

const isValid = (j) => !j.remarks.some((r) => r.invalid);

function usable(judged) {
  const valid = judged.filter(isValid);
  const chosen = valid.length ? valid : judged.filter((j) => !j.cell.failure);
  return { valid: valid.length > 0, cells: chosen.map((j) => j.cell) };
}

function createRow(judged, base, options) {
  const { gateway, mode } = judged[0].cell;
  const { valid, cells } = usable(judged);
  const of = (read) => median(cells.map(read));
  const total = (read) => cells.reduce((n, c) => n + read(c), 0);
  const against = (read) => {
    const paired = cells.flatMap((c) => base.filter((b) => b.round === c.round).map((b) => read(c) / read(b)));
    return paired.length ? median(paired) : of(read) / median(base.map(read));
  };
  return {
    gateway,
    mode,
    valid,
    rounds: cells.length,
    roundsDropped: judged.length - cells.length,
    rps: of((c) => c.rps),
    rpsRange: [Math.min(...cells.map((c) => c.rps)), Math.max(...cells.map((c) => c.rps))],
    rpsRatio: against((c) => c.rps),
    p50: of((c) => c.latencyMs.p50),
    p95: of((c) => c.latencyMs.p95),
    p99: of((c) => c.latencyMs.p99),
    cpuPer1000: of((c) => c.cpuPer1000),
    cpuRatio: against((c) => c.cpuPer1000),
    peakMiB: of((c) => c.peakMiB),
    readyMs: of((c) => c.readyMs),
    requests: total((c) => c.requests),
    failed: total((c) => Object.values(c.failed).reduce((a, b) => a + b, 0)),
    otherSize: total((c) => c.otherSize),
    errorsPerAnswer: of((c) => c.check.errors),
    bytes: of((c) => c.check.bytes),
    upstreamAlone: of((c) => c.check.subgraphRequests),
    upstreamPerRequest: of((c) => c.upstreamPerRequest),
    loadCore: of((c) => c.use.cores[options.loadCore ?? 0].busy),
    gatewayCore: of((c) => c.use.cores[options.gatewayCore ?? 1].busy),
    shares: Object.fromEntries(['gateway', 'subgraphs', 'load'].map((role) => [role, of((c) => c.use.roles[role])])),
    remarks: mergeRemarks(judged),
  };
}

/** One text per kind of trouble: of the first round that had it, rather of one that it spoiled; and how many rounds had it. */
function mergeRemarks(judged) {
  const kinds = new Map();
  for (const { remarks } of judged)
    for (const remark of remarks) {
      const known = kinds.get(remark.kind);
      const told = known && (known.invalid || !remark.invalid) ? known : remark;
      kinds.set(remark.kind, { ...told, rounds: (known?.rounds ?? 0) + 1 });
    }
  const print = ({ text, rounds }) => (judged.length > 1 ? `${text} [${rounds}/${judged.length}]` : text);
  return [...kinds.values()].toSorted((a, b) => b.invalid - a.invalid).map((remark) => ({ invalid: remark.invalid, text: print(remark) }));
}
