// A reporter for `node --test` that leaves one JSON line for each test, by file and the names around it.
import fs from 'node:fs';
import path from 'node:path';

const MESSAGE = 2000;
// In the process of the tests our settings have left the environment by now.
const trial = Symbol.for('maestro.trial');
const { results, top, file: only, most } = process.env.MAESTRO_RESULTS
  ? { results: process.env.MAESTRO_RESULTS, top: process.env.MAESTRO_TOP || process.cwd(), most: MESSAGE }
  : (globalThis[trial] ?? { most: MESSAGE });
delete globalThis[trial];

function told(error) {
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause?.message ?? cause ?? error?.message ?? '').slice(0, most);
}

function outcome(type, data) {
  if (data.skip !== undefined && data.skip !== false) return 'skipped';
  if (type === 'test:pass') return 'passed';
  return data.todo !== undefined && data.todo !== false ? 'skipped' : 'failed';
}

// The record of one finished test, or nothing for suites that only pass on what their tests did.
function record(type, data, above) {
  const relative = data.file ? path.relative(top, data.file).split(path.sep).join('/') : '';
  const whole = data.nesting === 0 && data.file && path.resolve(data.name) === data.file;
  const error = data.details?.error;
  if (type === 'test:pass' && (whole || data.details?.type === 'suite')) return null;
  if (data.details?.type === 'suite' && error?.failureType === 'subtestsFailed') return null;
  const id = whole ? relative : [relative, ...above, data.name].filter(Boolean).join(' > ');
  const kind = whole || data.details?.type === 'suite' ? 'error' : outcome(type, data);
  const message = kind === 'passed' ? '' : told(error) || String(data.skip || data.todo || '');
  return { id, outcome: kind, message };
}

export default async function* maestro(source) {
  // Exclusive: nobody can have put a file here before.
  const name = `node-${String(Date.now()).padStart(15, '0')}-${process.pid}.jsonl`;
  const file = results ? fs.openSync(path.join(results, name), 'wx') : null;
  const write = (line) => file !== null && fs.writeSync(file, JSON.stringify(line) + '\n');
  write({ runner: 'node', version: process.version });
  const names = new Map();
  const counts = {};
  const spoken = new Map();
  for await (const { type, data } of source) {
    if (only && data) data.file ??= only;
    if (type === 'test:start') {
      const stack = names.get(data.file) ?? [];
      stack.length = data.nesting;
      stack[data.nesting] = data.name;
      names.set(data.file, stack);
    } else if (type === 'test:pass' || type === 'test:fail') {
      const line = record(type, data, (names.get(data.file) ?? []).slice(0, data.nesting));
      if (line?.outcome === 'error') line.message = ((spoken.get(data.file) ?? '') || line.message);
      if (line) write(line);
    } else if (type === 'test:stderr') {
      spoken.set(data.file, ((spoken.get(data.file) ?? '') + data.message).slice(0, MESSAGE));
    } else if (type === 'test:diagnostic' && data.nesting === 0) {
      const said = /^(tests|pass|fail|cancelled|skipped|todo) (\d+)$/.exec(data.message);
      if (said) counts[said[1]] = Number(said[2]);
    }
  }
  write({ end: 0, counts });
  if (file !== null) fs.closeSync(file);
}
