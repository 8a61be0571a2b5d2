/** Where a command's words go; tests take them from here. */
export interface CliOutput {
  /** Results. */
  out(text: string): void;
  /** What is wrong, for people: never a stack trace. One line, unless it comes with the help of a command. */
  problem(text: string): void;
}

export const processOutput: CliOutput = {
  out: (text) => void process.stdout.write(text),
  problem: (text) => void process.stderr.write(`candor: ${text}\n`),
};

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
/** The command line itself is wrong. */
export const EXIT_USAGE = 2;

/** Prints problems, with their number when there are several. */
export function printProblems(output: CliOutput, problems: readonly string[]): void {
  for (const problem of problems) output.problem(problem);
  if (problems.length > 1) output.problem(`${problems.length} problems`);
}
