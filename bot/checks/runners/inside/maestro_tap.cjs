// Keeps a copy of the TAP that this process writes, from its first line on: its output may be drawn as a picture by the
// next program, or be mixed with that of others.
'use strict';
const fs = require('fs');
const path = require('path');

module.exports = (results, which) => {
  const own = fs.writeSync;
  let file = null;
  let begun = '';

  // Exclusive: nobody can have put a file here before.
  function open() {
    const name = `tap-${String(Date.now()).padStart(15, '0')}-${process.pid}-${which}.txt`;
    file = fs.openSync(path.join(results, name), 'wx');
  }

  function keep(data, encoding) {
    const text = typeof data === 'string' ? data : Buffer.from(data).toString(typeof encoding === 'string' ? encoding : 'utf8');
    if (file === null) {
      begun = (begun + text).slice(-4096);
      const start = begun.search(/^TAP version \d+$/m);
      if (start < 0) return;
      open();
      own(file, begun.slice(start));
    } else own(file, text);
  }

  const write = process.stdout.write;
  process.stdout.write = function (data, ...rest) {
    if (typeof data === 'string' || data instanceof Uint8Array) keep(data, 'utf8');
    return write.call(this, data, ...rest);
  };
  fs.writeSync = (where, data, ...rest) => {
    if (where === 1 && (typeof data === 'string' || data instanceof Uint8Array)) keep(data, 'utf8');
    return own(where, data, ...rest);
  };
};
