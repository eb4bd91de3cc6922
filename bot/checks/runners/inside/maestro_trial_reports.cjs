// How the tests of one run went, as the reporters of node and mocha, and the reports of jest and vitest, tell it.
'use strict';
const fs = require('fs');
const path = require('path');

const PLACE = /(?:\(|at |file:\/\/)(\/[^\s():]+):(\d+):\d+/g;

// The texts of files in a folder whose names are like this.
function left(folder, pattern) {
  return fs.readdirSync(folder).filter((name) => pattern.test(name)).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
}

// The tests that failed, by id as they are numbered where the same comes again, each with the lines that its failure
// names; null where the run has no end.
function outcome(folder, top) {
  const [failed, seen] = [{}, {}];
  const told = [...lines(folder), ...left(folder, /^(jest|vitest)-.*\.json$/).flatMap((text) => reported(JSON.parse(text), top))];
  if (!told.some((line) => 'end' in line)) return null;
  for (const line of told.filter(({ id }) => id !== undefined)) {
    seen[line.id] = (seen[line.id] || 0) + 1;
    const id = seen[line.id] === 1 ? line.id : `${line.id} (${seen[line.id]})`;
    if (line.outcome === 'failed' || line.outcome === 'error') failed[id] = places(top, line.message || '');
  }
  for (const [id, message] of left(folder, /^soft-/).flatMap((text) => JSON.parse(text))) {
    failed[id] = [...(failed[id] || []), ...places(top, message)];
  }
  return failed;
}

function lines(folder) {
  return left(folder, /\.jsonl$/).flatMap((text) => text.split('\n').filter(Boolean)).map((line) => JSON.parse(line));
}

// A report of jest or vitest, as such lines.
function reported({ testResults }, top) {
  const found = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(top, name).split(path.sep).join('/');
    const tests = assertionResults.map((test) => ({
      id: [file, ...test.ancestorTitles.filter(Boolean), test.title].join(' > '),
      outcome: test.status,
      message: (test.failureMessages || []).join('\n'),
    }));
    const broken = status === 'failed' && !tests.some((test) => test.outcome === 'failed');
    return broken ? [{ id: file, outcome: 'error', message }, ...tests] : tests;
  });
  return [...found, { end: 0 }];
}

// The lines that a failure names. One that comes of what a value is made of tells nothing of single assertions: it is
// overlooked by none.
function places(top, message) {
  if (/^(TypeError|ReferenceError)\b/.test(message)) return [];
  const found = [...message.matchAll(PLACE)].map(([, file, line]) => [path.relative(top, file), Number(line)]);
  return found.filter(([file]) => !file.startsWith('..'));
}

module.exports = { left, outcome };
