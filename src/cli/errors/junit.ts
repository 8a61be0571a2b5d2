/** What became of one golden case. */
export interface GoldenVerdict {
  readonly file: string;
  readonly name: string;
  /** Null when clients get the same as before. */
  readonly problem: string | null;
  readonly diff: readonly string[];
}

/** A report that CI systems read: one suite to a file. */
export function printJunit(verdicts: readonly GoldenVerdict[]): string {
  const files = [...new Set(verdicts.map(({ file }) => file))];
  const suites = files.map((file) => {
    const own = verdicts.filter((verdict) => verdict.file === file);
    const failures = own.filter(({ problem }) => problem !== null).length;
    return `  <testsuite name="${escapeXml(file)}" tests="${own.length}" failures="${failures}">\n${own.map(printCase).join('')}  </testsuite>\n`;
  });
  const failed = verdicts.filter(({ problem }) => problem !== null).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="candor errors test" tests="${verdicts.length}" failures="${failed}">\n${suites.join('')}</testsuites>\n`;
}

function printCase({ file, name, problem, diff }: GoldenVerdict): string {
  const head = `    <testcase classname="${escapeXml(file)}" name="${escapeXml(name)}"`;
  if (problem === null) return `${head}/>\n`;
  return `${head}>\n      <failure message="${escapeXml(problem)}">${escapeXml(diff.join('\n'))}</failure>\n    </testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escapeXml(text: string): string {
  return Array.from(text.toWellFormed(), (character) => ENTITIES[character] ?? (isXmlCharacter(character) ? character : '\ufffd')).join('');
}

/** XML 1.0 has no way to write most control characters. */
function isXmlCharacter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 32 ? code !== 0xfffe && code !== 0xffff : code === 9 || code === 10 || code === 13;
}
