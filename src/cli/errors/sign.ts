import { signAudience } from '../../errors/policy/audience.ts';
import { loadConfigFiles } from '../config-source.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from '../output.ts';
import { unknownName } from './policy-source.ts';

export interface SignOptions {
  readonly config?: readonly string[];
  readonly audience: string;
  readonly at?: string;
}

/** `candor errors sign`: the value that proves an audience to the router, for `max_age` from then on. */
export function signHeader({ config, audience, at }: SignOptions, output: CliOutput, now: number): number {
  const loaded = loadConfigFiles(config ?? []);
  const problems = loaded.ok ? [] : [...loaded.error];
  const audiences = loaded.ok ? loaded.value.config.subgraphErrorPropagation.audiences : [];
  const found = audiences.find(({ name }) => name === audience);
  const time = at === undefined ? now : Date.parse(at);
  if (loaded.ok && found?.when.signedHeader === undefined) problems.push(whyUnsigned(audience, audiences));
  if (Number.isNaN(time)) problems.push(`--at ${at} is no time; write one such as 2026-01-31T12:00:00Z`);
  const signed = found?.when.signedHeader;
  if (problems.length > 0 || signed === undefined) {
    printProblems(output, problems);
    return EXIT_FAILED;
  }
  output.out(`${signAudience(audience, signed.secret, time)}\n`);
  return EXIT_OK;
}

function whyUnsigned(audience: string, audiences: readonly { readonly name: string }[]): string {
  if (audiences.length === 0)
    return 'no audience is configured; add one with `when: { signed_header: … }` to subgraph_error_propagation.audiences';
  const unknown = unknownName(
    'audience',
    audience,
    audiences.map(({ name }) => name),
  );
  return unknown ?? `the audience ${audience} has no \`signed_header\`; its other conditions need no signature`;
}
