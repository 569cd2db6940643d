import {
  completedBy,
  rootOver,
  wholeSubtreesOf,
  type HashChildren,
  type WholeSubtree,
} from './merkle-tree.js';

/**
 * The right edge of a tree that grows: the roots of its whole subtrees, from the left to the right. It is all that is
 * needed of a tree of any size to append to it.
 */
export class CompactRange<H> {
  private readonly edge: H[];

  /** `edge` are the hashes of `wholeSubtreesOf(size)`. */
  constructor(
    private leaves: number,
    edge: readonly H[],
    private readonly children: HashChildren<H>,
  ) {
    if (edge.length !== wholeSubtreesOf(leaves).length)
      throw new Error(`a tree of ${String(leaves)} leaves has another edge`);
    this.edge = [...edge];
  }

  get size(): number {
    return this.leaves;
  }

  /** The root of the tree as it is now. Throws for an empty one. */
  root(): H {
    return rootOver(this.edge, this.children);
  }

  /** Appends a leaf; answers the subtrees that became whole with it, with their hashes. */
  append(leafHash: H): readonly (WholeSubtree & { readonly hash: H })[] {
    let hash = leafHash;
    const completed = completedBy(this.leaves).map((subtree) => {
      const left = this.edge.pop();
      if (left === undefined) throw new Error('a whole subtree without its left half');
      hash = this.children(left, hash);
      return { ...subtree, hash };
    });
    this.edge.push(hash);
    this.leaves += 1;
    return completed;
  }
}
