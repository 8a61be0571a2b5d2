import { randomInt } from 'node:crypto';

const RANDOM_LIMIT = 36 ** 5;

/**
 * Makes error ids (error-layer.md section 8): short, in order of time also within a millisecond, and without meaning to anybody else.
 *
 * `m4x0c2qf00k3v9p` is eight digits of time, two of sequence, five at random.
 */
export function createErrorIds(now: () => number = Date.now, random: (limit: number) => number = randomInt): () => string {
  let last = 0;
  let sequence = 0;
  return () => {
    const time = Math.max(now(), last); // a clock that steps back must not
    sequence = time === last ? sequence + 1 : 0;
    if (sequence >= 36 ** 2) {
      last = time + 1;
      sequence = 0;
    } else {
      last = time;
    }
    return digits(last, 8) + digits(sequence, 2) + digits(random(RANDOM_LIMIT), 5);
  };
}

function digits(value: number, width: number): string {
  return value.toString(36).padStart(width, '0');
}
