// Values told from one another, and values that are a little different: what a trial puts in their place.
'use strict';
const { types } = require('util');

const DEPTH = 5; // how deep values are told,
const MANY = 400; // how many members of one,
const WIDE = 8; // how many of its parts are made different one by one,
const DEEP = 3; // down to which level,
const LEAVES = 16; // and how many in all
const WORDS = 4; // how many words of a text are left out, one by one,
const CLOSE = 5; // in how many ways a value must be tried that has no parts
const FLEETING = /(?<=\/tmp\/)[^\s'"/]+|(?<=\b(?:localhost|127\.0\.0\.1|\[::1?\]):)\d+/g;
const { ownKeys, getOwnPropertyDescriptor: descriptor, getPrototypeOf: above } = Reflect;

// The object's own parts, by name. What is computed is no part: to look at it may change it.
function parts(value) {
  const found = [];
  for (const key of ownKeys(value)) {
    const told = descriptor(value, key);
    if (typeof key === 'string' && told && told.enumerable && 'value' in told) found.push([key, told.value]);
  }
  return found;
}

function isPlain(value) {
  return typeof value === 'object' && value !== null && [null, Object.prototype].includes(above(value));
}

// A text that is the same for the same value in another process. `classes` are the names that classes of the sources
// have: what tests make to stand in for something may be called anything.
function describe(value, classes, depth = DEPTH) {
  if (typeof value === 'string') return JSON.stringify(value.replace(FLEETING, ''));
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function' || types.isProxy(value)) return '?';
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === 0) return '?';
  const tell = (each) => describe(each, classes, depth - 1);
  if (types.isDate(value)) return `date ${value.getTime()}`;
  if (types.isRegExp(value)) return String(value);
  if (types.isPromise(value)) return 'promise';
  if (ArrayBuffer.isView(value)) return `bytes ${Array.prototype.slice.call(value, 0, MANY)}`;
  if (Array.isArray(value)) return `[${value.slice(0, MANY).map(tell)}]`;
  if (types.isSet(value)) return `set ${[...value].slice(0, MANY).map(tell)}`;
  if (types.isMap(value)) return `map ${[...value].slice(0, MANY).map((pair) => pair.map(tell).join(':'))}`;
  const own = parts(value).slice(0, MANY).map(([key, part]) => `${key}:${tell(part)}`);
  const said = types.isNativeError(value) ? `${value.name} ${tell(value.message)}` : '';
  return `${kind(value, classes)}${said}{${own.sort()}}`;
}

function kind(value, classes) {
  const made = above(value) && descriptor(above(value), 'constructor');
  const name = made && typeof made.value === 'function' ? made.value.name : '';
  return classes.has(name) ? name : '';
}

// Values that are a little different, those first that tell most of how closely somebody looks; and nothing at all, for
// which `||` and the like may put what was expected. `close` is how many of them it takes to look at each part.
function others(value) {
  const found = different(value);
  const close = found.close || CLOSE;
  if (value !== undefined && !found.includes(undefined)) found.splice(1, 0, undefined);
  return Object.assign(found, { close });
}

function different(value) {
  switch (typeof value) {
    case 'boolean':
      return [!value, Number(value), value ? 'x' : null];
    case 'undefined':
      return [null, 'x'];
    case 'string':
      return texts(value).filter((each) => each !== value);
    case 'number':
      return numbers(value);
    case 'bigint':
      return [value + 1n, value - 1n, Number(value), 0n];
    case 'function':
      return [null, ...doubles(value)];
    case 'object':
      return value === null ? [undefined, 'x'] : objects(value);
    default:
      return [undefined];
  }
}

function texts(text) {
  const half = text.length >> 1;
  const swapped = [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
  const inside = `${text.slice(0, half)}x${text.slice(half)}`;
  return [`${text}x`, swapped, `x${text}`, text + text, `${text} `, inside, text.slice(0, -1), '', ...shorter(text)];
}

// Without one word or another, the longest first: who looks at several at once misses any of them.
function shorter(text) {
  const words = text.split(' ');
  const places = [...words.keys()].sort((one, other) => words[other].length - words[one].length);
  return places.slice(0, words.length > 1 ? WORDS : 0).map((at) => words.filter((_, each) => each !== at).join(' '));
}

function numbers(number) {
  const size = Math.abs(number) || 1;
  if (!Number.isFinite(number)) return [0, String(number)];
  const near = [1e-9, 1e-2, 1e-5, 1].map((part) => number + size * part);
  if (!Number.isInteger(number)) return [...near, String(number), 0];
  return [number + 1, number - 1, String(number), near[0], ...(number ? [-number, 0] : []), number + 1000, near[2]];
}

function objects(value) {
  if (types.isProxy(value) || types.isPromise(value) || ArrayBuffer.isView(value)) return [null];
  if (types.isDate(value)) return [1e3, -864e5].map((by) => new Date(value.getTime() + by));
  if (types.isRegExp(value)) return [new RegExp(`${value.source}x`, value.flags)];
  const found = leaves(value, DEEP).slice(0, LEAVES);
  const [first, second] = [0, 1].map((at) => found.flatMap(({ part, put, once }) => (once && at ? [] : different(part).slice(at, at + 1).map(put))));
  const [more, ...rest] = shapes(value);
  const made = [...first.slice(0, 1), more, ...first.slice(1), ...rest, ...second];
  return Object.assign(made, { close: first.length + 1 + rest.length + 1 });
}

// Whether something has parts of its own that may be changed.
function isWhole(value) {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  return !(types.isDate(value) || types.isRegExp(value) || types.isPromise(value) || ArrayBuffer.isView(value));
}

// What a value is made of: each part that has no parts itself, and what puts another in its place.
function leaves(value, depth) {
  return members(value).flatMap(({ part, put }) => {
    if (typeof part === 'function') return [];
    if (!isWhole(part) || depth === 0) return [{ part, put }];
    const inner = leaves(part, depth - 1).map((leaf) => ({ part: leaf.part, put: (other) => put(leaf.put(other)) }));
    // Within, one member more is a change as well.
    return [...inner, { part: undefined, once: true, put: () => put(shapes(part)[0]) }];
  });
}

function members(value) {
  if (Array.isArray(value)) {
    const places = [...value.keys()].filter((at) => at < WIDE || at >= value.length - WIDE);
    return places.map((at) => ({ part: value[at], put: (other) => Object.assign([...value], { [at]: other }) }));
  }
  if (types.isMap(value)) return [...value].slice(0, WIDE).map(([key, part]) => ({ part, put: (other) => new Map([...value, [key, other]]) }));
  if (types.isSet(value)) return [];
  return parts(value).slice(0, 2 * WIDE).map(([key, part]) => ({ part, put: (other) => put(value, key, other) }));
}

// One member more; one less; the other way round.
function shapes(value) {
  if (Array.isArray(value)) {
    const turned = value.length > 1 ? [[...value].reverse()] : [];
    return value.length ? [[...value, value[value.length - 1]], value.slice(0, -1), ...turned] : [[null]];
  }
  if (types.isSet(value)) return [new Set([...value, 'x']), ...[...value].slice(0, WIDE).map((each) => new Set([...value].filter((one) => one !== each)))];
  if (types.isMap(value)) return [new Map([...value, ['x', 0]]), ...[...value.keys()].slice(0, 1).map((key) => new Map([...value].filter(([one]) => one !== key)))];
  const gone = isPlain(value) ? parts(value).slice(0, WIDE).map(([key]) => without(value, key)) : [null];
  return [put(value, 'x', 0), ...gone];
}

function copy(value) {
  return Object.create(above(value), Object.getOwnPropertyDescriptors(value));
}

function put(value, key, part) {
  return Object.defineProperty(copy(value), key, { value: part, writable: true, enumerable: true, configurable: true });
}

function without(value, key) {
  const all = Object.getOwnPropertyDescriptors(value);
  delete all[key];
  return Object.create(above(value), all);
}

// Ways to alter what a call has changed, as functions without arguments. `before` tells its parts.
function alterations(value, before, classes) {
  const whole = (make) => others(value).filter((each) => each && above(each) === above(value)).map((each) => () => make(each));
  let found;
  if (Array.isArray(value)) found = whole((each) => value.splice(0, value.length, ...each));
  else if (types.isSet(value)) found = whole((each) => (value.clear(), each.forEach((one) => value.add(one))));
  else if (types.isMap(value)) found = whole((each) => (value.clear(), each.forEach((part, key) => value.set(key, part))));
  else {
    const changed = parts(value).filter(([key, part]) => before.get(key) !== describe(part, classes));
    found = changed.slice(0, WIDE).flatMap(([key, part]) => {
      const ways = others(part);
      return ways.slice(0, ways.close).map((each) => () => Reflect.set(value, key, each));
    });
  }
  return Object.assign(found, { close: found.length });
}

// What may be done to an error before it goes on; the first is that nothing is raised.
function errors(error) {
  if (!(typeof error === 'object' && error !== null && typeof error.message === 'string')) return [() => ({ nothing: true })];
  class Strange extends Error {}
  const put = (name, part) => () => (Reflect.defineProperty(error, name, { value: part, writable: true, configurable: true, enumerable: Boolean(descriptor(error, name)?.enumerable) }), { error });
  const strange = () => ({ error: Object.assign(new Strange(error.message), { name: 'Strange' }) });
  const said = [`${error.message}x`, ...shorter(error.message), `x${error.message}`, ''].map((text) => put('message', text));
  const own = parts(error).slice(0, WIDE).flatMap(([name, part]) => others(part).slice(0, 2).map((each) => put(name, each)));
  return [() => ({ nothing: true }), ...said.slice(0, 1), strange, ...said.slice(1), ...own];
}

// What could be called in place of a function that a test gave: nothing, it twice, it with less, and it with each part of
// what it is given made different.
function doubles(own) {
  const called = (change) =>
    function (...given) {
      return Reflect.apply(own, this, change(given));
    };
  const other = (at) =>
    called((given) => {
      const { part, put } = leaves(given, DEEP)[at] || { put: () => given };
      return put(different(part)[0]);
    });
  const twice = function (...given) {
    Reflect.apply(own, this, given);
    return Reflect.apply(own, this, given);
  };
  const silent = own.constructor && own.constructor.name === 'AsyncFunction' ? async () => undefined : () => undefined;
  return [silent, ...Array.from({ length: WIDE - 2 }, (_, at) => other(at)), twice, called((given) => given.slice(0, -1))];
}

module.exports = { alterations, describe, doubles, errors, isPlain, others, parts };
