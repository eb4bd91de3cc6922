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

// Writes lines to a new file of results.
function begin() {
  // Exclusive: nobody can have put a file here before.
  const name = `mocha-${String(Date.now()).padStart(15, '0')}-${process.pid}.jsonl`;
  const file = fs.openSync(path.join(results, name), 'wx');
  const write = (line) => fs.writeSync(file, JSON.stringify(line) + '\n');
  write({ runner: 'mocha', version: process.version });
  return write;
}

function place(file) {
  return file ? path.relative(top, file).split(path.sep).join('/') : '';
}

module.exports = class {
  constructor(runner, options) {
    const write = begin();
    const id = (test) => [place(test.file), ...titles(test)].filter(Boolean).join(' > ');
    const note = (test, outcome, message) => write({ id: id(test), outcome, message: message || '' });
    const counts = { pass: 0, fail: 0 };
    prune(runner.suite);
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

// A file that can't be loaded ends mocha before there is a reporter: that file is an error under its own path.
module.exports.loads = (Mocha) => {
  let file = '';
  let error = 'the process ended while this file was loaded';
  const loaded = (all) => ((file = ''), all);
  const fails = (thrown) => {
    error = thrown;
    throw thrown;
  };
  for (const name of ['loadFiles', 'loadFilesAsync'].filter((one) => Mocha.prototype[one])) {
    const own = Mocha.prototype[name];
    Mocha.prototype[name] = function (...words) {
      this.suite.on('pre-require', (_, loading) => (file = loading));
      try {
        const all = own.apply(this, words);
        return all && all.then ? all.then(loaded, fails) : loaded(all);
      } catch (thrown) {
        return fails(thrown);
      }
    };
  }
  process.once('exit', () => {
    if (!file) return;
    const write = begin();
    write({ id: place(file), outcome: 'error', message: words(error) });
    write({ end: 0, counts: { unloaded: 1 } });
  });
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
