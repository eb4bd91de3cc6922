// Which test runs, where the runner itself tells it: jest and vitest keep it where their tests are. '' where none does by
// itself: in hooks around several, and beside others.
'use strict';

// `realm` is what is global where the tests run, which is another world than ours.
function inJest(realm) {
  const key = Object.getOwnPropertySymbols(realm).find((each) => each.description === 'JEST_STATE_SYMBOL');
  const test = key && realm[key].currentlyRunningTest;
  const asserting = realm[Symbol.for('$$jest-matchers-object')];
  if (!test || test.concurrent || !asserting) return '';
  const names = [];
  // The outermost has no name of its own.
  for (let each = test; each.parent; each = each.parent) names.unshift(each.name);
  return { file: asserting.state.testPath, names };
}

function inVitest(realm) {
  const worker = realm.__vitest_worker__;
  const test = worker && worker.current;
  if (!test || !['test', 'custom'].includes(test.type) || test.concurrent) return '';
  const names = [];
  for (let each = test; each && each.filepath === undefined; each = each.suite) names.unshift(each.name);
  return { file: (test.file && test.file.filepath) || worker.filepath, names };
}

module.exports = { jest: inJest, vitest: inVitest };
