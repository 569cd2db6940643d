const Sequencer = require('@jest/test-sequencer').default;

/**
 * The longest files first, so that none of them begins when all others have ended: without this a fresh clone goes by the
 * size of the files. In the order of what they take; a file that is not named is short.
 */
const slowest = [
  'crash-points',
  'zombie',
  'canaries',
  'interrupted-plans',
  'ends-of-a-right',
  'blocked-machines',
];

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const placeOf = ({ path }) => {
      const place = slowest.findIndex((name) => path.endsWith(`/${name}.spec.ts`));
      return place === -1 ? slowest.length : place;
    };
    return [...super.sort(tests)].sort((one, other) => placeOf(one) - placeOf(other));
  }
};
