/** What an invariant tells at most: enough to see what is wrong, in bounded memory. */
const most = 100;

/** What was found broken, as sentences. */
export class Findings {
  private readonly sentences: string[] = [];

  get all(): readonly string[] {
    return this.sentences;
  }

  add(...sentences: readonly string[]): void {
    this.sentences.push(...sentences.slice(0, most - this.sentences.length));
  }
}
