// A reporter for mocha that leaves one JSON line for each test, and lets mocha's own reporter speak to the reader.
'use strict';
const fs = require('fs');
const path = require('path');

const ours = globalThis[Symbol.for('maestro.mocha')] || {};
const { results, top, reporter, Shown, takes, watch } = ours;
const MESSAGE = watch ? 20000 : 2000;
delete ours.watch;

function words(error) {
  return String((error && (error.stack || error.message)) || error || '').slice(0, MESSAGE);
}

// mocha's own reporters lie beside the program that runs; one of the repository's own is found from its folder.
function shown() {
  const program = fs.realpathSync(process.argv[1]);
  const root = program.slice(0, program.lastIndexOf(`${path.sep}mocha${path.sep}`) + 6);
  for (const name of [path.join(root, 'lib', 'reporters', reporter || 'spec'), path.resolve(top, reporter || 'spec'), reporter]) {
    try {
      return require(require.resolve(name, { paths: [top] }));
    } catch {
      continue;
    }
  }
  return require(path.join(root, 'lib', 'reporters', 'spec'));
}

module.exports = class {
  constructor(runner, options) {
    // Exclusive: nobody can have put a file here before.
    const name = `mocha-${String(Date.now()).padStart(15, '0')}-${process.pid}.jsonl`;
    const file = fs.openSync(path.join(results, name), 'wx');
    const write = (line) => fs.writeSync(file, JSON.stringify(line) + '\n');
    const place = (test) => (test.file ? path.relative(top, test.file).split(path.sep).join('/') : '');
    const id = (test) => [place(test), ...titles(test)].filter(Boolean).join(' > ');
    const note = (test, outcome, message) => write({ id: id(test), outcome, message: message || '' });
    const counts = { pass: 0, fail: 0 };
    prune(runner.suite);
    write({ runner: 'mocha', version: process.version });
    if (watch) {
      runner.on('test', (test) => watch.begin(id(test)));
      runner.on('test end', (test) => watch.end(id(test)));
    }
    runner.on('pass', (test) => (counts.pass++, note(test, 'passed')));
    runner.on('pending', (test) => note(test, 'skipped'));
    runner.on('fail', (test, error) => {
      counts.fail++;
      if (test.type !== 'hook') return note(test, 'failed', words(error));
      const left = kept(test);
      left.forEach((other) => note(other, 'error', `${test.title}: ${words(error)}`));
      if (!left.length) note(test, 'error', words(error));
    });
    runner.once('end', () => write({ end: 0, counts }));
    this.shown = new (Shown || shown())(runner, options);
  }

  done(failures, then) {
    return this.shown.done ? this.shown.done(failures, then) : then(failures);
  }
};

// Before version 4 a test does not know the titles above it.
function titles(test) {
  return test.titlePath ? test.titlePath() : [...(test.parent ? titles(test.parent) : []), test.title];
}

// Only the files selected; where mocha runs files in processes of their own, all run.
function prune(suite) {
  if (!suite || !takes) return;
  suite.tests = suite.tests.filter((test) => !test.file || takes(test.file));
  suite.suites.forEach(prune);
}

// The tests that a hook's failure keeps from running. Of a file in a process of its own they are not known.
function kept(hook) {
  const left = [];
  const walk = (suite) => {
    left.push(...(suite.tests || []).filter((test) => !test.state && !test.isPending()));
    (suite.suites || []).forEach(walk);
  };
  if (hook.parent && /^"before/.test(hook.title)) walk(hook.parent);
  return left;
}
