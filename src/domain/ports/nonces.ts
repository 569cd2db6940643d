/** Secrets for one use: nobody can guess the next one from those before. */
export abstract class Nonces {
  /** 192 bits, in letters, digits, `-` and `_`. */
  abstract next(): string;
}
