/**
 * The shape of an RFC 9162 Merkle tree (section 2.1): which whole subtrees a root or a proof is made of. Hashes are
 * looked up and combined by whoever has them; sizes go up to 2^53, so that no bit operator may touch them.
 */

/** A whole subtree: at level 0 a leaf, at level `l` the 2^l leaves from `index * 2^l` on. Once there, it never changes. */
export interface WholeSubtree {
  readonly level: number;
  readonly index: number;
}

/** One hash of a proof: the root over these whole subtrees, from the left to the right. */
export type ProofStep = readonly WholeSubtree[];

/** Combines two neighbours: SHA-256 of 0x01, left, right. */
export type HashChildren<H> = (left: H, right: H) => H;

/** The whole subtrees that a tree of this size is made of, from the left to the right, the largest first. */
export function wholeSubtreesOf(size: number): readonly WholeSubtree[] {
  return subtreesOver(0, size);
}

/** The root over neighbours from the left to the right. Throws for none: an empty tree has no subtrees. */
export function rootOver<H>(hashes: readonly H[], children: HashChildren<H>): H {
  const last = hashes.at(-1);
  if (last === undefined) throw new Error('an empty tree has no subtrees');
  return hashes.slice(0, -1).reduceRight((right, left) => children(left, right), last);
}

/** The subtrees that become whole with the leaf of this index, the lowest first. */
export function completedBy(leafIndex: number): readonly WholeSubtree[] {
  const completed: WholeSubtree[] = [];
  for (let [level, index] = [1, leafIndex]; index % 2 === 1; level += 1) {
    index = (index - 1) / 2;
    completed.push({ level, index });
  }
  return completed;
}

/** The inclusion proof of a leaf (RFC 9162, 2.1.3.1): from the leaf to the root. */
export function inclusionSteps(leafIndex: number, size: number): readonly ProofStep[] {
  if (!(leafIndex >= 0 && leafIndex < size)) throw new Error(`a tree of ${size} has no leaf ${leafIndex}`);
  return pathIn(leafIndex, 0, size);
}

/** The consistency proof between two sizes of one tree (RFC 9162, 2.1.4.1); none between a size and itself. */
export function consistencySteps(from: number, to: number): readonly ProofStep[] {
  if (!(from >= 1 && from <= to)) throw new Error(`there is nothing to prove between ${from} and ${to}`);
  return subproof(from, 0, to, true);
}

function pathIn(leafIndex: number, start: number, end: number): readonly ProofStep[] {
  if (end - start === 1) return [];
  const middle = start + splitOf(end - start);
  return leafIndex < middle
    ? [...pathIn(leafIndex, start, middle), subtreesOver(middle, end)]
    : [...pathIn(leafIndex, middle, end), subtreesOver(start, middle)];
}

function subproof(from: number, start: number, end: number, isWhole: boolean): readonly ProofStep[] {
  if (from === end) return isWhole ? [] : [subtreesOver(start, end)];
  const middle = start + splitOf(end - start);
  return from <= middle
    ? [...subproof(from, start, middle, isWhole), subtreesOver(middle, end)]
    : [...subproof(from, middle, end, false), subtreesOver(start, middle)];
}

/** The whole subtrees over [start, end), where a subtree of that many leaves may begin at `start`. */
function subtreesOver(start: number, end: number): readonly WholeSubtree[] {
  const found: WholeSubtree[] = [];
  for (let at = start; at < end;) {
    const { level, width } = widest(end - at);
    found.push({ level, index: at / width });
    at += width;
  }
  return found;
}

/** The largest power of two that is less than the count. */
function splitOf(count: number): number {
  const { width } = widest(count);
  return width === count ? width / 2 : width;
}

/** The largest power of two that is not above the count. */
function widest(count: number): { readonly level: number; readonly width: number } {
  let [level, width] = [0, 1];
  while (width * 2 <= count) [level, width] = [level + 1, width * 2];
  return { level, width };
}
