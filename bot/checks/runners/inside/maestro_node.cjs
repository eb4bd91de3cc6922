// Loaded before everything else in each node process of a test run (NODE_OPTIONS --require). Three kinds matter:
// jest and vitest get the options that make them leave results; a file run by `node --test` ends at once when it is not
// selected. In these three our settings leave the environment: what a test starts is not ours to record.
'use strict';
const fs = require('fs');
const path = require('path');

const results = process.env.MAESTRO_RESULTS;
const top = process.env.MAESTRO_TOP || process.cwd();

function hide() {
  const ours = process.env.MAESTRO_NODE_OPTIONS || '';
  const all = process.env.NODE_OPTIONS || '';
  const rest = all.startsWith(ours) ? all.slice(ours.length).trim() : all;
  if (rest) process.env.NODE_OPTIONS = rest;
  else delete process.env.NODE_OPTIONS;
  for (const name of ['RESULTS', 'TOP', 'NODE_OPTIONS', 'RUNNER']) delete process.env[`MAESTRO_${name}`];
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
  try {
    return fs.realpathSync(process.argv[1]).split(path.sep).join('/');
  } catch {
    return '';
  }
}

function fresh(name) {
  return path.join(results, `${name}-${String(Date.now()).padStart(15, '0')}-${process.pid}.json`);
}

function jest(chosen) {
  process.argv.push('--json', `--outputFile=${fresh('jest')}`, '--bail=0', '--ci', '--watchAll=false');
  if (chosen.length) process.argv.push('--filter=' + path.join(__dirname, 'maestro_jest_filter.cjs'));
  if (chosen.length) globalThis[Symbol.for('maestro.takes')] = (file) => takes(chosen, file);
}

function vitest(chosen) {
  process.argv.push('--run', '--bail=0', '--reporter=default', '--reporter=json', `--outputFile.json=${fresh('vitest')}`);
  process.argv.push(...chosen.map((one) => path.relative(process.cwd(), one)));
}

if (results) {
  const program = main();
  const runner = process.env.MAESTRO_RUNNER;
  if (runner === 'jest' && /\/(jest|jest-cli|react-scripts)\/(bin|scripts)\/(jest|test)\.js$/.test(program)) {
    const chosen = selected();
    jest(chosen);
    hide();
  } else if (runner === 'vitest' && /\/vitest\/(vitest|dist\/cli)\.m?js$/.test(program)) {
    const chosen = selected();
    vitest(chosen);
    hide();
  } else if (runner === 'node' && process.env.NODE_TEST_CONTEXT) {
    const chosen = selected();
    hide();
    if (program && !takes(chosen, program)) process.exit(0);
  }
}
