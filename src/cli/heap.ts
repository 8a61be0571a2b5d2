import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 to make every object in the young generation, as a router's process should.
 *
 * V8 notices which lines of code make objects that live long, and then makes theirs in the old generation at once. In a router that is
 * what waited for a slow subgraph once. From then on each such object keeps all that it points to, so the data of whole requests, until
 * the next major collection. Read at run time by V8, and kept out of the library: an embedder's process is the embedder's.
 */
export function tuneHeap(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
