/** Breaks the router from inside, for the scenarios about its own bugs. */

/** A subgraph's value that makes the router trip while `sabotaged` runs; it needs escaping, so that it is printed on its own. */
const POISON = 'poison\n';

/** Runs `action` while printing the poisoned value throws: to the router that is a bug of its own, in the middle of a request. */
export async function sabotaged<T>(action: () => Promise<T>): Promise<T> {
  const intact = JSON.stringify;
  JSON.stringify = new Proxy(intact, {
    apply(target, self, args: readonly unknown[]) {
      if (args[0] === POISON) throw new Error('sabotaged');
      return Reflect.apply(target, self, args);
    },
  });
  try {
    return await action();
  } finally {
    JSON.stringify = intact;
  }
}
