// The tests once more for each small change to what the sources' functions give: which of them notice?
//
// Runs before the tests, in a process of its own that loads nothing of the repository. It writes the sources so that the
// calls of their functions can be watched, and starts the tests beside itself: first to note all calls, then with some of
// them giving something a little different. Reads `trial-asked.json` and `trial-functions-*.json` in the results' folder,
// leaves `trial.json` there. What it does is what maestro_trial.py does for Python.
'use strict';
const { spawn, spawnSync } = require('child_process');
const { randomBytes } = require('crypto');
const fs = require('fs');
const path = require('path');
const { Worker } = require('worker_threads');
const { left, outcome } = require('./maestro_trial_reports.cjs');

const LANES = 2;
const APART = new Set(['jest', 'vitest']); // runners that are too large for a thread,
const PATIENCE = 2; // and how many times as long they may take
const TICKS = 100; // of a second, as Linux counts them
const TYPED = /\.[mc]?tsx?$/;
const MOST_WAYS = 40; // in how many any call is tried at most,
const FARTHER = 40; // and how many changes besides those that each call must be tried with that a test makes itself
const UNWANTED = /^--(test|watch|test-(?:reporter|reporter-destination|concurrency|isolation|shard|timeout)|experimental-test-(?:isolation|coverage)|test-coverage-\w+)(=|$)/;
const VALUED = /^--test-(?:reporter|reporter-destination|concurrency|isolation|shard|timeout)$/;

// --- the sources -----------------------------------------------------------------------------------------------------
// Each function's body becomes what `word` is called with. What is no longer as it was read is left alone. Returns what
// puts the file back.
function rewrite(top, word, file, told) {
  const place = path.join(top, file);
  const text = fs.readFileSync(place);
  if (text.length !== told.bytes) return () => {};
  const marks = told.places.flatMap(([from, to, how, name, given]) => marked(word, `${file} ${name}`, from, to, how, given));
  marks.sort((one, other) => one.at - other.at || one.order - other.order);
  const pieces = [];
  let done = 0;
  for (const mark of marks) {
    pieces.push(text.subarray(done, mark.at), Buffer.from(mark.text));
    done = mark.at;
  }
  fs.writeFileSync(place, Buffer.concat([Buffer.from(head(file, told)), ...pieces, text.subarray(done), Buffer.from(watching(word, file))]));
  return () => fs.writeFileSync(place, text);
}

// Sources are not held against their types any more; in tests, where lines count, nothing may stand before.
function head(file, told) {
  return TYPED.test(file) && !told.places.some(([, , how]) => how === 's') ? '// @ts-nocheck\n' : '';
}

// What watches is found in whatever world the tests run: `Buffer` is the same in all.
function watching(word, file) {
  const [any, many, call] = TYPED.test(file) ? [': any', ': any[]', ': (...all: any[]) => any'] : ['', '', ''];
  const found = `(${any ? 'globalThis as any' : 'globalThis'}).Buffer[Symbol.for(${JSON.stringify(word)})]`;
  return `\nfunction ${word}(n${any}, s${any}, a${many}, b${call})${any} { const w = ${found}; return w ? w(n, s, a, b, globalThis) : b.apply(s, a); }\n`;
}

// `how`: a(sync), e(xpression), g(enerator), t: `this` is its own; s: no function, but an assertion, made soft.
function marked(word, name, from, to, how, given) {
  if (how === 's') {
    const failed = `}catch(e){${word}("",0,[e],()=>{throw e})}`;
    return [{ at: from, order: from - to + 1e9, text: 'try{' }, { at: to, order: -from, text: failed }];
  }
  const [block, generator] = [!how.includes('e'), how.includes('g')];
  const head = generator ? `function*(${given})` : `${how.includes('a') ? 'async' : ''}(${given})=>`;
  const call = `${word}(${JSON.stringify(name)},${how.includes('t') ? 'this' : '0'},[${given}],${head}${block ? '{' : '('}`;
  const before = `${block ? 'return ' : ''}${generator ? 'yield*' : ''}${call}`;
  if (from === to) return [{ at: from, order: 0, text: `${before}})` }];
  // Of two that end at the same place the inner one ends first; of two that begin there the outer one does.
  return [
    { at: from, order: from - to + 1e9, text: before },
    { at: to, order: -from, text: block ? '})' : '))' },
  ];
}

// --- one run of the tests --------------------------------------------------------------------------------------------
class Child {
  constructor(trial, number, unit, mutants) {
    const { asked, start, results } = trial;
    Object.assign(this, { unit, mutants, began: Date.now(), folder: path.join(results, `trial-${number}`) });
    fs.mkdirSync(this.folder);
    const told = { top: start.top, runner: start.runner, word: trial.word, sources: asked.sources, classes: trial.classes, mutants, unit };
    fs.writeFileSync(path.join(this.folder, 'trial-child.json'), JSON.stringify(told));
    fs.writeFileSync(path.join(this.folder, 'select'), unit.map((file) => `path:${file}\n`).join(''));
    this.start = trial.threads ? thread : apart;
    this.words = words(start, unit);
    this.env = { ...start.env, MAESTRO_RESULTS: this.folder };
  }

  // Resolves when it is over; after so many seconds it is ended.
  run(seconds) {
    return new Promise((resolve) => {
      const end = this.start(this.words, this.env, () => {
        clearTimeout(late);
        this.took = (Date.now() - this.began) / 1000;
        resolve(this);
      });
      const late = setTimeout(() => {
        this.late = true;
        end();
      }, seconds * 1000);
    });
  }

  // What its processes noted; null where they have left nothing.
  calls() {
    const found = left(this.folder, /^calls-/).map((text) => JSON.parse(text));
    return found.length ? found : null;
  }

  outcome(top) {
    return this.late ? null : outcome(this.folder, top);
  }
}

// A thread starts in half the time of a process. Both return what ends it.
function thread({ options, program, argv }, env, over) {
  let worker;
  try {
    worker = new Worker(program, { argv, execArgv: options, env, stdout: true, stderr: true });
  } catch {
    setImmediate(over); // an option that only processes have
    return () => {};
  }
  worker.stdout.resume();
  worker.stderr.resume();
  worker.on('error', () => {});
  worker.on('exit', over);
  return () => worker.terminate();
}

function apart({ options, program, argv }, env, over) {
  const child = spawn(process.execPath, [...options, program, ...argv], { stdio: 'ignore', env, detached: true });
  child.on('close', over);
  return () => child.exitCode === null && process.kill(-child.pid, 'SIGKILL');
}

// A file with tests of node's own runs by itself; other runners start as they were started.
function words(start, unit) {
  if (start.runner !== 'node') return { options: start.execArgv, program: start.argv[0], argv: start.argv.slice(1) };
  const kept = start.execArgv.filter((word, at) => !UNWANTED.test(word) && !VALUED.test(start.execArgv[at - 1] || ''));
  const reporter = path.join(__dirname, 'maestro_node_reporter.mjs');
  const options = [...kept, `--test-reporter=${reporter}`, '--test-reporter-destination=/dev/null'];
  return { options, program: path.join(start.top, unit[0]), argv: [] };
}

// --- the trial -------------------------------------------------------------------------------------------------------
async function tried(trial) {
  const { asked } = trial;
  let calls = await noted(trial);
  if (calls === null && trial.threads) {
    // Some of what a process can, a thread can't.
    trial.threads = false;
    calls = await noted(trial);
  }
  if (calls === null) return { why: 'the tests do not pass, or are too slow, with their sources watched' };
  const mutants = asked.mutants.length ? wanted(asked.mutants, calls) : planned(calls, trial.chosen);
  const close = mutants.filter((mutant) => mutant.rank < 0);
  const done = await running(trial, mutants, clock(trial, asked.seconds));
  const known = new Set(done.map((mutant) => `${mutant.key} ${mutant.way}`));
  const closely = close.every((mutant) => known.has(`${mutant.key} ${mutant.way}`));
  return { planned: [close.length, mutants.length], closely, done };
}

// All calls of the sources' functions; null where the tests do not pass.
async function noted(trial) {
  const { asked, start } = trial;
  const units = start.runner === 'node' ? trial.files.map((file) => [file]) : [trial.files];
  const calls = {};
  for (const child of await inLanes(units, (unit) => trial.child(unit, []).run(trial.threads ? asked.slowest : PATIENCE * asked.slowest))) {
    const found = child.calls();
    const failed = child.outcome(start.top);
    if (found === null || failed === null || Object.keys(failed).length) return null;
    trial.limits.set(child.unit, 3 * child.took + 2);
    for (const [key, call] of found.flatMap(Object.entries)) merge(calls, key, call, child.unit);
  }
  return calls;
}

// Whether there is time left: that of the processor, so that a busy machine tries as much; and a limit on the clock.
function clock(trial, seconds) {
  const [began, used] = [Date.now(), spent()];
  const share = trial.threads ? LANES : LANES * PATIENCE;
  return () => spent() - used < share * seconds && (Date.now() - began) / 1000 < 5 * seconds;
}

// Seconds of processor time of this process, its threads, and all processes of its that have ended.
function spent() {
  const { user, system } = process.cpuUsage();
  const words = fs.readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ');
  return (user + system) / 1e6 + (Number(words[13]) + Number(words[14])) / TICKS;
}

// Calls that no single test makes are those of all tests in its file, or of all that run together.
function merge(calls, key, call, unit) {
  const known = calls[key] || { ...call, direct: false, tests: [], units: [] };
  known.direct = known.direct || call.direct;
  known.tests.push(...call.tests.flatMap((test) => (test ? [test] : unit)));
  known.units.push(unit);
  calls[key] = known;
}

// Those of the mutants whose calls are made here.
function wanted(mutants, calls) {
  const here = mutants.filter((mutant) => mutant.key in calls);
  return here.map((mutant) => ({ ...mutant, rank: 0, tests: calls[mutant.key].tests, units: calls[mutant.key].units }));
}

// Mutants of all calls of the chosen tests: the first way of each, then the second; those that tests make themselves come
// first.
function planned(calls, chosen) {
  const found = [];
  for (const [key, { name, ways, close, direct, tests, units }] of Object.entries(calls)) {
    if (!tests.some((test) => chosen.some((one) => meets(one, test) || meets(test, one)))) continue;
    for (let way = 0; way < Math.min(ways, MOST_WAYS); way++) {
      found.push({ key, name, way, rank: direct ? way - close : way, tests, units });
    }
  }
  found.sort((one, other) => one.rank - other.rank);
  return found.slice(0, found.filter((mutant) => mutant.rank < 0).length + FARTHER);
}

// The first of these mutants with as many of the others as no test meets two of; taken out of the list.
function together(mutants) {
  const taken = [mutants.shift()];
  const met = [...taken[0].tests];
  for (const mutant of taken[0].alone ? [] : [...mutants]) {
    if (mutant.alone || mutant.tests.some((test) => met.some((other) => meets(test, other) || meets(other, test)))) continue;
    met.push(...mutant.tests);
    taken.push(mutant);
    mutants.splice(mutants.indexOf(mutant), 1);
  }
  return taken;
}

// Whether a test is this one, or one in it.
function meets(test, whole) {
  return test === whole || test.startsWith(`${whole} `);
}

// What became of the mutants, as many as there is time for.
async function running(trial, mutants, isTime) {
  const done = [];
  const waiting = [...mutants];
  const lane = async () => {
    while (waiting.length && isTime()) {
      const batch = together(waiting);
      const failed = await failures(trial, batch);
      if (failed === null && batch.length > 1) waiting.unshift(...batch.map((mutant) => ({ ...mutant, alone: true })));
      else done.push(...batch.map((mutant) => told(mutant, failed)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return done;
}

async function failures(trial, batch) {
  const failed = {};
  for (const unit of new Set(batch.flatMap((mutant) => mutant.units))) {
    const plain = batch.map(({ key, name, way }) => ({ key, name, way }));
    const child = await trial.child(unit, plain).run(trial.limits.get(unit));
    const own = child.outcome(trial.start.top);
    fs.rmSync(child.folder, { recursive: true });
    if (own === null) return null;
    Object.assign(failed, own);
  }
  return failed;
}

// A mutant with those tests that failed of it: where several were tried at once, those that make its call.
function told({ key, name, way, tests }, failed) {
  const own = failed && Object.entries(failed).filter(([test]) => tests.some((each) => meets(test, each) || meets(each, test)));
  return { key, name, way, failed: own && Object.fromEntries(own) };
}

async function inLanes(items, run) {
  const [left, done] = [[...items], []];
  const lane = async () => {
    while (left.length) done.push(await run(left.shift()));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return done;
}

async function main() {
  const start = JSON.parse(fs.readFileSync(0, 'utf8'));
  const { results, top } = start;
  const read = (name) => JSON.parse(fs.readFileSync(path.join(results, name), 'utf8'));
  const parts = fs.readdirSync(results).filter((name) => name.startsWith('trial-functions-')).map(read);
  const selected = fs.readFileSync(path.join(results, 'select'), 'utf8').split('\n').filter(Boolean);
  const chosen = selected.map((line) => line.slice(5));
  const files = [...new Set(chosen.map((test) => test.split(' > ')[0]))].filter((file) => fs.existsSync(path.join(top, file)));
  const trial = { start, results, chosen, files, asked: read('trial-asked.json'), word: `m${randomBytes(9).toString('hex')}`, limits: new Map(), threads: !APART.has(start.runner) };
  trial.classes = parts.flatMap((part) => part.classes);
  let number = 0;
  trial.child = (unit, mutants) => new Child(trial, number++, unit, mutants);
  const told = parts.flatMap((part) => Object.entries(part.files));
  const back = told.filter(([file]) => fs.existsSync(path.join(top, file))).map(([file, of]) => rewrite(top, trial.word, file, of));
  const report = await tried(trial);
  back.forEach((put) => put());
  for (const name of fs.readdirSync(results)) {
    // Their accounts are not that of this run.
    if (/^trial-\d+$/.test(name)) fs.rmSync(path.join(results, name), { recursive: true });
  }
  fs.writeFileSync(path.join(results, 'trial.json'), JSON.stringify(report), { flag: 'wx' });
}

// Try, in the process that is about to run the tests, and go on. `argv` are its words as they were.
module.exports = function before(runner, results, top) {
  if (fs.existsSync(path.join(results, 'trial.json'))) return;
  const start = { runner, results, top, env: process.env, execArgv: process.execArgv, argv: process.argv.slice(1) };
  const stdio = ['pipe', 'ignore', 'ignore'];
  spawnSync(process.execPath, [__filename], { input: JSON.stringify(start), env: { PATH: process.env.PATH }, stdio });
};

if (require.main === module) main();
