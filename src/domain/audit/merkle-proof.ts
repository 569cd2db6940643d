import type { HashChildren } from './merkle-tree.js';

/** What proofs are checked with: hashes as texts (hexadecimal or base64), and how two neighbours are combined. */
type Hash = string;

/**
 * The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); null where the proof has not the length that the leaf
 * needs. Right is the root of a checkpoint that one believes.
 */
export function rootOfInclusion(
  leafHash: Hash,
  { leafIndex, size }: { readonly leafIndex: number; readonly size: number },
  path: readonly Hash[],
  children: HashChildren<Hash>,
): Hash | null {
  if (!(leafIndex >= 0 && leafIndex < size)) return null;
  let [node, last, root] = [leafIndex, size - 1, leafHash];
  for (const hash of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = children(hash, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      root = children(root, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}

interface Sized {
  readonly size: number;
  readonly root: Hash;
}

/** Whether the larger tree is the smaller one with leaves added at its end (RFC 9162, 2.1.4.2). */
export function isConsistent(
  from: Sized,
  to: Sized,
  path: readonly Hash[],
  children: HashChildren<Hash>,
): boolean {
  if (from.size === to.size) return path.length === 0 && from.root === to.root;
  if (from.size < 1 || from.size > to.size) return false;
  let [node, last] = [from.size - 1, to.size - 1];
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)];
  // A smaller tree that is one whole subtree stands for itself: its root is not sent again.
  const [first, ...rest] = node === 0 ? [from.root, ...path] : path;
  if (first === undefined) return false;
  let [smaller, larger] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [smaller, larger] = [children(hash, smaller), children(hash, larger)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      larger = children(larger, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && smaller === from.root && larger === to.root;
}
