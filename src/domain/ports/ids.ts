/** Where new ids come from: UUIDs in lower case, time-ordered so that indexes stay compact. */
export abstract class Ids {
  abstract next(): string;
}
