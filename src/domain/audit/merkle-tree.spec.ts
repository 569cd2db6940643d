import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { isConsistent, rootOfInclusion } from './merkle-proof.js';
import {
  completedBy,
  consistencySteps,
  inclusionSteps,
  rootOver,
  wholeSubtreesOf,
  type ProofStep,
  type WholeSubtree,
} from './merkle-tree.js';

const sha256 = (...parts: readonly Uint8Array[]) =>
  createHash('sha256').update(Buffer.concat(parts)).digest('hex');
const leaf = (data: Uint8Array) => sha256(Buffer.from([0]), data);
const children = (left: string, right: string) =>
  sha256(Buffer.from([1]), Buffer.from(left, 'hex'), Buffer.from(right, 'hex'));

/** Sections 2.1.1, 2.1.3.1 and 2.1.4.1 of RFC 9162 word for word, over all leaves at once. */
const split = (count: number) => 2 ** Math.ceil(Math.log2(count) - 1);
function naiveRoot(leaves: readonly string[]): string {
  if (leaves.length <= 1) return leaves[0] ?? sha256();
  const k = split(leaves.length);
  return children(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}
function naivePath(m: number, leaves: readonly string[]): readonly string[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}
function naiveSubproof(m: number, leaves: readonly string[], isWhole: boolean): readonly string[] {
  if (m === leaves.length) return isWhole ? [] : [naiveRoot(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...naiveSubproof(m, leaves.slice(0, k), isWhole), naiveRoot(leaves.slice(k))]
    : [...naiveSubproof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

/** What a store of whole subtrees gives, as leaves are appended one after another. */
function storeOf(leaves: readonly string[]) {
  const stored = new Map<string, string>();
  const found = ({ level, index }: WholeSubtree) => stored.get(`${level}/${index}`) ?? 'not stored';
  leaves.forEach((hash, leafIndex) => {
    stored.set(`0/${leafIndex}`, hash);
    for (const { level, index } of completedBy(leafIndex)) {
      const [left, right] = [index * 2, index * 2 + 1].map((below) =>
        found({ level: level - 1, index: below }),
      );
      stored.set(`${level}/${index}`, children(left ?? '', right ?? ''));
    }
  });
  const hashOf = (step: ProofStep) => rootOver(step.map(found), children);
  return {
    rootOf: (size: number) => hashOf(wholeSubtreesOf(size)),
    inclusion: (leafIndex: number, size: number) => inclusionSteps(leafIndex, size).map(hashOf),
    consistency: (from: number, to: number) => consistencySteps(from, to).map(hashOf),
  };
}

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => leaf(Buffer.from(`entry ${index}`)));
const size = fc.integer({ min: 1, max: 200 });
const sizes = fc.tuple(size, size).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

/** The eight leaves that Certificate Transparency's own tests use, and their roots by size (RFC 6962). */
const known = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const knownRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the Merkle tree (RFC 9162)', () => {
  it('has the roots of the known vectors', () => {
    const leaves = known.map((hex) => leaf(Buffer.from(hex, 'hex')));
    const store = storeOf(leaves);
    expect(leaves.map((_, index) => store.rootOf(index + 1))).toEqual(knownRoots);
  });

  it('has at every size the root of the definition', () => {
    const leaves = leavesOf(130);
    const store = storeOf(leaves);
    for (let count = 1; count <= leaves.length; count += 1)
      expect(store.rootOf(count)).toBe(naiveRoot(leaves.slice(0, count)));
  });

  it('proves inclusion as the definition does, and everybody finds the root with it', () => {
    fc.assert(
      fc.property(size, fc.nat(), (count, choice) => {
        const leaves = leavesOf(count);
        const leafIndex = choice % count;
        const path = storeOf(leaves).inclusion(leafIndex, count);
        expect(path).toEqual(naivePath(leafIndex, leaves));
        const at = { leafIndex, size: count };
        expect(rootOfInclusion(leaves[leafIndex] ?? '', at, path, children)).toBe(naiveRoot(leaves));
      }),
    );
  });

  it('proves consistency as the definition does, and everybody is convinced by it', () => {
    fc.assert(
      fc.property(sizes, ([from, to]) => {
        const leaves = leavesOf(to);
        const store = storeOf(leaves);
        const path = store.consistency(from, to);
        expect(path).toEqual(naiveSubproof(from, leaves, true));
        const [smaller, larger] = [from, to].map((count) => ({ size: count, root: store.rootOf(count) }));
        expect(smaller && larger && isConsistent(smaller, larger, path, children)).toBe(true);
      }),
    );
  });

  it('needs no more hashes than its height, and no more look-ups for each', () => {
    const large = 2 ** 40 + 12_345;
    for (const leafIndex of [0, 12_344, 2 ** 39, large - 1]) {
      const steps = inclusionSteps(leafIndex, large);
      expect(steps.length).toBeLessThanOrEqual(41);
      expect(Math.max(...steps.map((step) => step.length))).toBeLessThanOrEqual(41);
    }
    expect(wholeSubtreesOf(2 ** 52)).toEqual([{ level: 52, index: 0 }]);
  });

  it('has no leaf beyond its end, and no root over nothing', () => {
    expect(() => inclusionSteps(3, 3)).toThrow('no leaf 3');
    expect(() => consistencySteps(4, 3)).toThrow('nothing to prove');
    expect(() => consistencySteps(0, 3)).toThrow('nothing to prove');
    expect(() => rootOver([], children)).toThrow('empty');
  });
});

describe('a proof that is not one', () => {
  const store = storeOf(leavesOf(13));

  it('of inclusion is refused whatever of it is changed, left out, added or exchanged', () => {
    const path = store.inclusion(5, 13);
    const root = store.rootOf(13);
    const hash = leavesOf(13)[5] ?? '';
    const seen = (one: string, leafIndex: number, count: number, by: readonly string[]) =>
      rootOfInclusion(one, { leafIndex, size: count }, by, children);
    expect(seen(hash, 5, 13, path)).toBe(root);
    const bent = path.map((_, place) => path.map((one, index) => (index === place ? hash : one)));
    const wrong = [...bent, path.slice(1), path.slice(0, -1), [...path, hash], path.toReversed()];
    for (const by of wrong) expect(seen(hash, 5, 13, by)).not.toBe(root);
    expect(seen(root, 5, 13, path)).not.toBe(root);
    for (const other of [0, 4, 6, 12]) expect(seen(hash, other, 13, path)).not.toBe(root);
    expect(seen(hash, 13, 13, path)).toBeNull();
    expect(seen(hash, 5, 40, path)).not.toBe(root);
  });

  it('of consistency is refused whatever of it is changed, left out or added', () => {
    const path = store.consistency(6, 13);
    const [from, to] = [6, 13].map((count) => ({ size: count, root: store.rootOf(count) }));
    if (from === undefined || to === undefined) throw new Error('two sizes were asked for');
    expect(isConsistent(from, to, path, children)).toBe(true);
    const bent = path.map((_, place) => path.map((one, index) => (index === place ? to.root : one)));
    const wrong = [...bent, path.slice(1), path.slice(0, -1), [...path, to.root], []];
    for (const by of wrong) expect(isConsistent(from, to, by, children)).toBe(false);
    expect(isConsistent({ ...from, root: to.root }, to, path, children)).toBe(false);
    expect(isConsistent(from, { ...to, root: from.root }, path, children)).toBe(false);
    expect(isConsistent(to, from, path, children)).toBe(false);
    expect(isConsistent({ ...to, root: from.root }, to, [], children)).toBe(false);
    expect(isConsistent({ size: 0, root: from.root }, to, path, children)).toBe(false);
  });
});
