// Rows as Markdown.
const number = (n, digits = 0) => (Number.isFinite(n) ? n.toFixed(digits) : '–');
const percent = (share) => (Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–');
const line = (values) => `| ${values.join(' | ')} |`;
const plain = (text) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').slice(0, 200);

const COLUMNS = [
  ['gateway', (r) => r.gateway],
  ['RPS', (r) => (r.valid ? number(r.rps, 1) : `(${number(r.rps, 1)})`)],
  ['rounds', (r) => `${r.rounds}/${r.rounds + r.roundsDropped}`],
  ['min–max', (r) => (r.rounds ? `${number(r.rpsRange[0])}–${number(r.rpsRange[1])}` : '–')],
  ['RPS ×', (r) => number(r.rpsRatio, 2)],
  ['p50 ms', (r) => number(r.p50, 1)],
  ['p95 ms', (r) => number(r.p95, 1)],
  ['p99 ms', (r) => number(r.p99, 1)],
  ['CPU s/1000', (r) => number(r.cpuPer1000, 3)],
  ['CPU ×', (r) => number(r.cpuRatio, 2)],
  ['peak MiB', (r) => number(r.peakMiB)],
  ['failed', (r) => number(r.failed)],
  ['errors/answer', (r) => number(r.errorsPerAnswer)],
  ['upstream alone', (r) => number(r.upstreamAlone)],
  ['upstream/req', (r) => number(r.upstreamPerRequest, 2)],
];

const coreColumns = (pinned) => [
  [pinned ? 'load core' : 'core 0', (r) => percent(r.loadCore)],
  [pinned ? 'gateway core' : 'core 1', (r) => percent(r.gatewayCore)],
];

const REMARKS = ['remarks', (r) => r.remarks.map(({ invalid, text }) => (invalid ? '**invalid:** ' : '') + plain(text)).join('; ')];

/** The whole report. */
export function printMarkdown({ rows, baseline, environment, options, versions, skipped }) {
  const pinned = options.gatewayCore !== undefined;
  const columns = [...COLUMNS, ...coreColumns(pinned), REMARKS];
  const out = [
    '# Gateway benchmark',
    '',
    `${environment.date}, ${environment.cpu}, ${environment.cores} cores, Linux ${environment.kernel}, Node ${environment.node}. ` +
      `${options.connections} connections, ${options.warmup} s warm-up, ${options.duration} s measured, ${options.rounds} rounds, ` +
      `logs ${options.logs ? 'as by default' : 'off'}; ` +
      (pinned ? `gateway on core ${options.gatewayCore}, subgraphs and load on core ${options.loadCore}.` : 'not pinned.'),
    `Ratios (×) are against ${baseline}, round by round. Brackets: every round was invalid.`,
    '',
    ...Object.entries(versions).map(([name, v]) => `- ${name}: ${v.version} (${v.about})`),
    ...Object.entries(skipped).map(([name, why]) => `- ${name}: skipped, ${why}`),
  ];
  for (const mode of new Set(rows.map((r) => r.mode))) {
    const own = rows.filter((r) => r.mode === mode).toSorted((a, b) => (b.rps || 0) - (a.rps || 0));
    const rule = columns.map((_, i) => (i === 0 || i === columns.length - 1 ? '---' : '---:'));
    out.push('', `## ${mode}`, '', line(columns.map(([title]) => title)), line(rule));
    for (const row of own) out.push(line(columns.map(([, read]) => read(row))));
  }
  return out.join('\n') + '\n';
}
