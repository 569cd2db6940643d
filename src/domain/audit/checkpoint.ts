/** A signed checkpoint as it is kept: how many leaves the tree had, and the note that says so with its root. */
export interface Checkpoint {
  readonly size: number;
  readonly note: string;
}

/** The text of a checkpoint before it is signed (C2SP tlog-checkpoint): origin, size, root in base64, a line each. */
export function checkpointText(origin: string, size: number, rootHash: string): string {
  return `${origin}\n${String(size)}\n${rootHash}\n`;
}

/** The root that a checkpoint names, in base64. Whether it was signed is for whoever has the keys. */
export function rootHashIn({ note }: Checkpoint): string {
  return note.split('\n')[2] ?? '';
}
