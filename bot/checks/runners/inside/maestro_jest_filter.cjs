// jest's --filter: which of the test files that it found to run.
'use strict';
module.exports = async (files) => {
  const takes = globalThis[Symbol.for('maestro.takes')] || (() => true);
  const filtered = files.filter((file) => takes(file));
  // jest 30 wants paths; earlier ones map over objects and take their `test`.
  filtered.map = () => filtered;
  return { filtered };
};
