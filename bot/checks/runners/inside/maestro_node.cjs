// Loaded before everything else in each node process of a test run (NODE_OPTIONS --require). Four kinds matter:
// jest, vitest, mocha and `node --test` get the options that make them leave results; a file run by `node --test` ends at
// once when it is not selected. In these our settings leave the environment: what a test starts is not ours to record.
'use strict';
const fs = require('fs');
const path = require('path');

const results = process.env.MAESTRO_RESULTS;
const top = process.env.MAESTRO_TOP || process.cwd();

const OF_TAP = /\/(tape|ava|qunit|tap)\/(bin\/(tape|qunit|run|tap)|cli|entrypoints\/cli|dist\/esm\/run)(\.[cm]?js)?$/;

function hide() {
  const ours = process.env.MAESTRO_NODE_OPTIONS || '';
  const all = process.env.NODE_OPTIONS || '';
  const rest = all.startsWith(ours) ? all.slice(ours.length).trim() : all;
  if (rest) process.env.NODE_OPTIONS = rest;
  else delete process.env.NODE_OPTIONS;
  for (const name of ['RESULTS', 'TOP', 'NODE_OPTIONS', 'RUNNER', 'AGAIN']) delete process.env[`MAESTRO_${name}`];
}

// The files and folders selected; an empty list selects everything. A single test selects its file.
function selected() {
  let lines = [];
  try {
    lines = fs.readFileSync(path.join(results, 'select'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
  return [...new Set(lines.map((line) => path.resolve(top, line.slice(5).split(' > ')[0])))];
}

function takes(chosen, file) {
  return chosen.length === 0 || chosen.some((one) => file === one || file.startsWith(one + path.sep));
}

function main() {
  // nyc before version 15 starts every program through a file of its own.
  const wrapped = /[\\/]\.node-spawn-wrap-[^\\/]*[\\/]node$/.test(process.argv[1] || '');
  try {
    return fs.realpathSync(process.argv[wrapped ? 2 : 1]).split(path.sep).join('/');
  } catch {
    return '';
  }
}

function fresh(name) {
  return path.join(results, `${name}-${String(Date.now()).padStart(15, '0')}-${process.pid}.json`);
}

// jest and mocha read their options while they load, and may then run tests in this process, which are not to see ours.
function lend(words) {
  process.argv.push(...words);
  setImmediate(() => {
    process.argv = process.argv.filter((word) => !words.includes(word));
  });
}

function jest(chosen, watch) {
  const own = watch ? ['--runInBand', '--coverage=false'] : [];
  const filter = chosen.length ? ['--filter=' + path.join(__dirname, 'maestro_jest_filter.cjs')] : [];
  lend(['--json', `--outputFile=${fresh('jest')}`, '--bail=0', '--ci', '--watchAll=false', ...own, ...filter]);
  if (chosen.length) globalThis[Symbol.for('maestro.takes')] = (file) => takes(chosen, file);
}

// vitest takes no option of one value twice: ours stand in place of the command's own.
function vitest(chosen) {
  const words = process.argv.splice(2);
  process.argv.push(...words.filter((word, n) => !/^--(run|bail)(=|$)/.test(word) && !(words[n - 1] === '--bail' && /^\d+$/.test(word))));
  process.argv.push('--run', '--bail=0', '--reporter=default', '--reporter=json', `--outputFile.json=${fresh('vitest')}`);
  process.argv.push(...chosen.map((one) => path.relative(process.cwd(), one)));
  // In a trial the processes that it starts for the tests are watched: they are told where, and hide it.
  if (lies('trial-child.json')) process.argv.push('--pool=forks', '--coverage.enabled=false');
  else hide();
  forget();
}

// Checks see node_modules read-only, and before version 2 vitest ends with an error when it can't keep its notes there.
function forget() {
  for (const name of ['mkdir', 'writeFile']) {
    const own = fs.promises[name];
    fs.promises[name] = (file, ...rest) =>
      own(file, ...rest).catch((error) => {
        if (!/(^|[\\/])node_modules[\\/]\.vite/.test(String(file))) throw error;
      });
  }
  require('module').syncBuiltinESMExports();
}

// The major version of the package that the program belongs to.
function major(program, named) {
  try {
    const whole = program.slice(0, program.lastIndexOf(`/${named}/`) + named.length + 2);
    return parseInt(JSON.parse(fs.readFileSync(`${whole}package.json`, 'utf8')).version, 10);
  } catch {
    return Infinity;
  }
}

// The repository's own reporter is shown as well; mocha takes one only.
function mocha(chosen, program) {
  let reporter = '';
  for (let n = 2; n < process.argv.length; n++) {
    const own = /^(?:--reporter|-R)(?:=(.*))?$/.exec(process.argv[n]);
    if (!own) continue;
    const named = String(own[1] === undefined ? process.argv[n + 1] : own[1]);
    if (path.basename(named) !== 'maestro_mocha.cjs') reporter = named;
    process.argv.splice(n, own[1] === undefined ? 2 : 1);
    n--;
  }
  process.argv = process.argv.filter((word) => word !== '--bail' && word !== '-b');
  // Before version 6 mocha ends at an option that it does not know.
  const known = major(program, 'mocha') >= 6 ? ['--no-bail'] : [];
  lend(['--reporter', path.join(__dirname, 'maestro_mocha.cjs'), ...known]);
  const limit = chosen.length ? (file) => takes(chosen, file) : null;
  globalThis[Symbol.for('maestro.mocha')] = { results, top, reporter, takes: limit };
  followed({ ...process.env });
}

// mocha's class, as soon as it is loaded.
function arrives(then) {
  const Module = require('module');
  const own = Module._load;
  Module._load = function (request, ...rest) {
    const found = own.call(this, request, ...rest);
    const { run, reporter } = (/(^|\/)mocha$/.test(request) && found && found.prototype) || {};
    if (!run || !reporter) return found;
    Module._load = own;
    then(found);
    return found;
  };
}

// A file of tests may run mocha as a library: whatever reporter it asks for, ours takes its place and shows it.
function library(chosen) {
  arrives((Mocha) => {
    hide();
    const run = Mocha.prototype.run;
    Mocha.prototype.run = function (...words) {
      const limit = chosen.length ? (file) => takes(chosen, file) : null;
      globalThis[Symbol.for('maestro.mocha')] = { results, top, Shown: this._reporter, takes: limit };
      this.reporter(require('./maestro_mocha.cjs'), this.options.reporterOptions).bail(false);
      return run.apply(this, words);
    };
  });
}

// With options for node itself, and before version 6 always, mocha runs the tests in another process: that is ours, too.
function followed(settings) {
  const children = require('child_process');
  const own = children.spawn;
  children.spawn = (program, words, options, ...rest) => {
    children.spawn = own;
    const inner = Array.isArray(words) && words.some((word) => /\/mocha\/(lib\/cli\/cli\.js|bin\/_mocha)$/.test(word));
    return own(program, words, inner ? { ...options, env: { ...process.env, ...settings } } : options, ...rest);
  };
}

// node has read its options by now, so it is started once more: with our reporter beside the command's own.
// node wants as many destinations as reporters, and adds a reporter of its own only when none is asked for.
function node() {
  const words = process.execArgv;
  const count = (name) => words.filter((word) => word === name || word.startsWith(`${name}=`)).length;
  const own = count('--test-reporter');
  const reporters = [...(own ? [] : ['--test-reporter=spec']), `--test-reporter=${path.join(__dirname, 'maestro_node_reporter.mjs')}`];
  const shown = count('--test-reporter-destination') < Math.max(own, 1) ? ['--test-reporter-destination=stdout'] : [];
  const all = [...words, ...reporters, ...shown, '--test-reporter-destination=/dev/null', ...process.argv.slice(1)];
  const env = { ...process.env, MAESTRO_AGAIN: '1' };
  const ran = require('child_process').spawnSync(process.execPath, all, { stdio: 'inherit', env });
  if (ran.signal) process.kill(process.pid, ran.signal);
  process.exit(ran.status ?? 1);
}

// Whether node was simply given a file of tests, which then run in this process.
function given(program) {
  const inside = path.relative(top, program);
  const alone = program.startsWith(top + '/') && !process.execArgv.includes('--test');
  return alone && !inside.includes('node_modules/') && /(^|[\/._-])tests?([\/._-]|$)/.test(inside);
}

// The reporter, loaded later, is told where to write, and node by whom its output is wanted; what the tests see is as ever.
function alone() {
  globalThis[Symbol.for('maestro.trial')] = { results, top, most: 2000 };
  hide();
}

// borp runs node's tests itself; only this process gets our reporter beside the command's own.
function borp() {
  const own = process.argv.some((word) => /^(--reporter|-r)(=|$)/.test(word));
  process.argv.push(...(own ? [] : ['--reporter=spec']), `--reporter=${path.join(__dirname, 'maestro_node_reporter.mjs')}`);
}

// tap and ava speak TAP when they are told to, tape and QUnit always; how much of the code ran is no question here.
function tap(program) {
  const which = (OF_TAP.exec(program) || [])[1] || 'other';
  const uncovered = major(program, 'tap') >= 18 ? '--disable-coverage' : '--no-coverage';
  const words = { ava: ['--tap'], tap: ['--reporter=tap', uncovered] };
  process.argv.push(...(words[which] || []));
  require('./maestro_tap.cjs')(results, which);
}

// A file of tests that runs by itself, for a trial: its reporter, loaded later, is told where to write, and of which file
// the tests are, which node does not know in a thread. What it sees is as in any run of tests.
function watched(watch) {
  const file = path.join(top, watch.unit[0]);
  globalThis[Symbol.for('maestro.trial')] = { results, top, file, most: 20000 };
  const { beforeEach, afterEach } = require('node:test');
  const id = (test) => [watch.unit[0], test.fullName].join(' > ');
  beforeEach((test) => watch.begin(test.fullName ? id(test) : ''));
  afterEach((test) => watch.end(id(test)));
  process.env.NODE_TEST_CONTEXT = 'child-v8';
}

// A program before the runner, such as cross-env, may give it options for node of its own: ours stay before them.
function lead() {
  const { ChildProcess } = require('child_process');
  const own = ChildProcess.prototype.spawn;
  const ours = `NODE_OPTIONS=${process.env.MAESTRO_NODE_OPTIONS}`;
  ChildProcess.prototype.spawn = function (options) {
    const pairs = (options && options.envPairs) || [];
    const n = pairs.findIndex((pair) => pair.startsWith('NODE_OPTIONS='));
    if (n >= 0 && !pairs[n].startsWith(ours)) pairs[n] = `${ours} ${pairs[n].slice('NODE_OPTIONS='.length)}`;
    return own.call(this, options);
  };
}

function lies(name) {
  return fs.existsSync(path.join(results, name));
}

// A run of tests that is part of a trial is watched; where a trial is asked for, it comes first.
function tried(runner) {
  if (lies('trial-child.json')) return require('./maestro_trial_watch.cjs')(results);
  if (lies('trial-asked.json')) require('./maestro_trial.cjs')(runner, results, top);
  return null;
}

if (results) {
  const program = main();
  const runner = process.env.MAESTRO_RUNNER;
  if (runner === 'jest' && /\/(jest|jest-cli|react-scripts)\/(bin|scripts)\/(jest|test)\.js$/.test(program)) {
    const chosen = selected();
    jest(chosen, tried(runner));
    hide();
  } else if (runner === 'vitest' && /\/vitest\/(vitest|dist\/cli)\.m?js$/.test(program)) {
    const chosen = selected();
    if (!lies('trial-child.json')) tried(runner);
    vitest(chosen);
  } else if (runner === 'mocha' && /\/mocha\/(bin\/_?mocha(\.js)?|lib\/cli\/cli\.js)$/.test(program)) {
    const chosen = selected();
    const watch = tried(runner);
    mocha(chosen, program);
    globalThis[Symbol.for('maestro.mocha')].watch = watch;
    const { loads } = require('./maestro_mocha.cjs'); // before an old compiler that the tests want may be asked to read it
    arrives(loads);
    hide();
  } else if (runner === 'tap' && program && (OF_TAP.test(program) || !program.includes('/node_modules/'))) {
    tap(program);
    hide();
  } else if (runner === 'node' && /\/borp\/borp\.js$/.test(program)) {
    borp();
  } else if (runner === 'node' && process.env.NODE_TEST_CONTEXT) {
    const chosen = selected();
    hide();
    if (program && !takes(chosen, program)) process.exit(0);
  } else if (runner === 'node' && process.execArgv.includes('--test') && !process.env.MAESTRO_AGAIN) {
    tried(runner);
    node();
  } else if (runner === 'vitest' && lies('trial-child.json')) {
    tried(runner);
    hide();
  } else if (runner === 'node' && lies('trial-child.json')) {
    watched(tried(runner));
    hide();
  } else if (runner === 'node' && given(program)) {
    if (process.env.MAESTRO_AGAIN) alone();
    else {
      tried(runner);
      node();
    }
  } else if (runner !== 'node') {
    lead();
    if (runner === 'mocha') library(selected());
  }
}
