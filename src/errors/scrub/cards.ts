/** Payment cards in a text. */
import { type Finder, isDigit, pickRuns, type Span } from './spans.ts';

/** Numbers of 13 to 19 digits, spaces and dashes between them allowed, that satisfy the Luhn check. */
export const findCards: Finder = (text) =>
  pickRuns(
    text,
    (code) => isDigit(code) || code === 32 || code === 45,
    (start, end) => {
      if (end - start < 13) return null;
      const run = text.slice(start, end);
      const digits = run.replace(/[^0-9]/g, '');
      if (digits.length < 13) return null;
      return holdsCard(digits) ? trimmed(text, start, end) : null;
    },
  );

function holdsCard(digits: string): boolean {
  if (digits.length <= 19) return passesLuhn(digits);
  for (let at = 0; at + 13 <= digits.length; at++) {
    for (const length of [16, 15, 13, 14, 19]) if (at + length <= digits.length && passesLuhn(digits.slice(at, at + length))) return true;
  }
  return false;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function trimmed(text: string, start: number, end: number): Span {
  let first = start;
  let last = end;
  while (first < last && !isDigit(text.charCodeAt(first))) first++;
  while (last > first && !isDigit(text.charCodeAt(last - 1))) last--;
  return [first, last];
}
