/** Closes a `switch` over a union: compiles only when every member is handled. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}

/** States what can only be false through a bug of ours. Expected failures are values, never this. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}
