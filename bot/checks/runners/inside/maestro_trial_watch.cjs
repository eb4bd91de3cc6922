// The calls of the sources' functions, watched: each is noted, or gives something else than it did. Loaded before
// everything else in a run of tests that is part of a trial. The sources are written so that they call what is put under
// `word`, which nobody knows before.
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');
const { syncBuiltinESMExports } = require('module');
const { types } = require('util');
const threads = require('worker_threads');
const running = require('./maestro_trial_running.cjs');
const values = require('./maestro_trial_values.cjs');

const MOST_CALLS = 3000; // of one function, as long as no test calls it itself

const worlds = new WeakMap([[globalThis, values]]);

// What makes other values, of the same world as those that it is given: arrays of another are no instances of `Array`.
function valuesIn(realm) {
  if (!worlds.has(realm)) {
    const made = { exports: {} };
    const text = fs.readFileSync(require.resolve('./maestro_trial_values.cjs'), 'utf8');
    new realm.Function('module', 'require', text)(made, require);
    worlds.set(realm, made.exports);
  }
  return worlds.get(realm);
}

class Watch {
  constructor(asked) {
    this.top = asked.top;
    this.unit = asked.unit;
    this.sources = new Set(asked.sources.map((each) => path.join(asked.top, each)));
    this.classes = new Set(asked.classes);
    this.noting = asked.mutants.length === 0;
    this.ways = new Map(asked.mutants.map((mutant) => [mutant.key, mutant.way]));
    this.names = new Set(asked.mutants.map((mutant) => mutant.name));
    this.calls = new Map();
    this.numbers = new Map();
    this.busy = false;
    this.tests = []; // those that run, the innermost last,
    this.running = running[asked.runner]; // or what tells it, where nobody calls `begin`
    this.lost = false;
    this.realm = globalThis; // what is global where the sources run
    this.failures = []; // of soft assertions: the test, and what is said of it
  }

  // A test goes on after an assertion that fails, so that one run tells what each of them notices.
  soften(error, fail) {
    if (!this.test || this.failures.length > 1000) fail();
    this.failures.push([this.test, String((error && error.stack) || error)]);
  }

  // While values are looked at, no call is watched.
  thought(look) {
    this.busy = true;
    try {
      return look();
    } finally {
      this.busy = false;
    }
  }

  idle(name) {
    if (this.busy) return true;
    if (!this.noting) return !this.names.has(name);
    const known = this.numbers.get(name) || { calls: 0, direct: false };
    this.numbers.set(name, known);
    return ++known.calls > MOST_CALLS && !known.direct;
  }

  // What is asked for in place of what is, where this is one of the calls that are made different; else nothing.
  note(call, said, make) {
    const key = `${said.split(' ', 1)[0]} ${createHash('sha256').update(said).digest('hex').slice(0, 24)}`;
    if (this.noting) this.keep(call, key, make);
    const way = this.ways.get(key);
    const found = way === undefined ? [] : make();
    return way < found.length ? { is: found[way] } : null;
  }

  keep(call, key, make) {
    if (!this.calls.has(key)) {
      const { length, close } = make();
      this.calls.set(key, { name: call.name, ways: length, close: close || length, direct: false, tests: new Set() });
    }
    const known = this.calls.get(key);
    known.direct = known.direct || call.direct;
    known.tests.add(call.test);
  }

  get test() {
    if (this.running) {
      const { file, names } = this.running(this.realm);
      return file ? [path.relative(this.top, file).split(path.sep).join('/'), ...names.filter(Boolean)].join(' > ') : '';
    }
    return this.tests.length && !this.lost ? this.tests[this.tests.length - 1] : '';
  }

  begin(test) {
    // Tests that run beside each other can't be told apart.
    if (this.tests.length && !test.startsWith(`${this.tests[this.tests.length - 1]} > `)) this.lost = true;
    this.tests.push(test);
  }

  end(test) {
    this.tests = this.tests.filter((each) => each !== test);
  }

  // Whether the call stands in a file of the repository that is none of its sources: in a test.
  isDirect() {
    const own = Error.prepareStackTrace;
    const limit = Error.stackTraceLimit;
    const holder = {};
    Error.stackTraceLimit = 25;
    Error.prepareStackTrace = (_, frames) => frames.map((frame) => String(frame.getFileName() || '').replace('file://', '').split('?')[0]);
    Error.captureStackTrace(holder, this.word);
    const files = holder.stack;
    Error.prepareStackTrace = own;
    Error.stackTraceLimit = limit;
    const ours = (file) => file.startsWith(this.top + path.sep) && !file.includes(`${path.sep}node_modules${path.sep}`);
    // The first two are the function itself, and what its file calls in place of its body.
    const caller = Array.isArray(files) ? files.slice(2).find(ours) : undefined;
    return caller !== undefined && !this.sources.has(caller);
  }

  account() {
    const calls = [...this.calls].filter(([, call]) => call.ways);
    return Object.fromEntries(calls.map(([key, call]) => [key, { ...call, tests: this.lost ? [''] : [...call.tests] }]));
  }
}

// One call of a function, before and after.
class Call {
  constructor(watch, name, self, args) {
    const values = valuesIn(watch.realm);
    Object.assign(this, { watch, values, name, args: [...args], test: watch.test, direct: false });
    if (watch.noting) {
      this.direct = watch.isDirect();
      if (this.direct) watch.numbers.get(name).direct = true;
    }
    this.holders = [this.isHolder(self) ? self : undefined, ...args.slice(0, 3)];
    this.before = this.holders.map((each) => this.tell(each));
    this.parts = this.holders.map((each) => new Map(isObject(each) ? values.parts(each).map(([key, part]) => [key, this.tell(part)]) : []));
    this.given = `${name}(${[this.before[0], ...args.map((each) => this.tell(each))]})`;
    this.doubled();
  }

  tell(value) {
    return this.values.describe(value, this.watch.classes);
  }

  // Whether what a function belongs to is more than a mere collection of functions.
  isHolder(self) {
    if (!isObject(self) || self === this.watch.realm || types.isModuleNamespaceObject(self)) return false;
    return !this.values.isPlain(self) || this.values.parts(self).some(([, part]) => typeof part !== 'function');
  }

  // Functions that a test gave are called otherwise, also those that it gave as parts of an object.
  doubled() {
    this.args.forEach((each, at) => {
      if (isLoose(each)) this.double(at, each, (other) => (this.args[at] = other));
      if (!this.values.isPlain(each) || types.isProxy(each)) return;
      for (const [key, part] of this.values.parts(each)) {
        if (isLoose(part)) this.double(`${at}.${key}`, part, (other) => (this.args[at] = { ...this.args[at], [key]: other }));
      }
    });
  }

  double(place, own, put) {
    const way = this.watch.note(this, `double ${place} ${this.given}`, () => this.values.doubles(own));
    if (way) put(way.is);
  }

  // The result, or another one.
  gave(result) {
    this.altered();
    if (this.name.endsWith('.constructor')) return result;
    const all = () => this.values.others(result);
    const way = this.watch.note(this, `result ${this.given} -> ${this.tell(result)}`, all);
    // What compares one call with another sees only what becomes of one of them.
    const every = this.watch.note(this, `every ${this.name}`, () => all().slice(0, 2));
    return way || every ? (way || every).is : result;
  }

  altered() {
    this.holders.forEach((each, at) => {
      const after = isObject(each) ? this.tell(each) : this.before[at];
      if (after === this.before[at]) return;
      const said = `effect ${this.given} => ${at} ${after}`;
      const way = this.watch.note(this, said, () => this.values.alterations(each, this.parts[at], this.watch.classes));
      if (way) way.is();
    });
  }

  // What goes on in place of an error, and whether nothing does.
  raised(error) {
    this.altered();
    const way = this.watch.note(this, `error ${this.given} raises ${this.tell(error)}`, () => this.values.errors(error));
    return way ? way.is() : { error };
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !types.isProxy(value);
}

function isLoose(value) {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
}

function settled(call, error) {
  const fate = call.watch.thought(() => call.raised(error));
  if (!fate.nothing) throw fate.error;
}

function* each(call, made) {
  const given = call.given;
  let number = 0;
  for (const one of made) {
    call.given = `${given} ${number++}`;
    yield call.watch.thought(() => call.gave(one));
  }
}

// What the sources call in place of a function's body: its name, what it belongs to, what it was given, the body, and
// what is global there.
function watched(watch) {
  const then = Promise.prototype.then;
  return function word(name, self, args, body, realm) {
    watch.realm = realm;
    if (name === '') return watch.soften(args[0], body);
    if (watch.idle(name)) return Reflect.apply(body, self, args);
    const call = watch.thought(() => new Call(watch, name, self, args));
    let result;
    try {
      result = Reflect.apply(body, self, call.args);
    } catch (error) {
      return settled(call, error);
    }
    if (types.isGeneratorObject(result) && types.isGeneratorFunction(body)) return each(call, result);
    const gave = (value) => watch.thought(() => call.gave(value));
    return types.isPromise(result) ? Reflect.apply(then, result, [gave, (error) => settled(call, error)]) : gave(result);
  };
}

// Watch this process, or this thread, to which it looks like a process, as the file in its results' folder says.
module.exports = function begin(results) {
  const asked = JSON.parse(fs.readFileSync(path.join(results, 'trial-child.json'), 'utf8'));
  const watch = new Watch(asked);
  watch.word = watched(watch);
  Object.defineProperty(Buffer, Symbol.for(asked.word), { value: watch.word });
  Object.assign(threads, { isMainThread: true, threadId: 0, parentPort: null, workerData: null });
  syncBuiltinESMExports();
  const ours = new Set();
  const leave = (name, what) => {
    fs.writeFileSync(path.join(results, `${name}-${process.pid}.json`), JSON.stringify(what), { flag: ours.has(name) ? 'w' : 'wx' });
    ours.add(name);
  };
  const account = () => {
    if (watch.noting) leave('calls', watch.account());
    if (watch.failures.length) leave('soft', watch.failures);
  };
  process.on('exit', account);
  const { send } = process;
  // One of vitest's processes is ended without a word once it has told how its tests went.
  if (send) process.send = (...told) => (account(), Reflect.apply(send, process, told));
  return watch;
};
