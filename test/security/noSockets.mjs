/** Loaded ahead of a program (`node --import`): whatever opens a connection, asks a name server or starts a program ends it with exit code 97. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import fs from 'node:fs';

const load = createRequire(import.meta.url);
const forbid = (module, names) => {
  for (const name of names) {
    module[name] = () => {
      fs.writeSync(2, `FORBIDDEN ${name}\n${new Error().stack}\n`);
      process.exit(97);
    };
  }
};
const net = load('node:net');
forbid(net, ['connect', 'createConnection', 'createServer']);
forbid(net.Socket.prototype, ['connect']);
forbid(load('node:http'), ['request', 'get', 'createServer']);
forbid(load('node:https'), ['request', 'get', 'createServer']);
forbid(load('node:http2'), ['connect', 'createServer']);
forbid(load('node:tls'), ['connect', 'createServer']);
forbid(load('node:dgram'), ['createSocket']);
forbid(load('node:dns'), ['lookup', 'resolve', 'resolve4', 'resolve6']);
forbid(load('node:child_process'), ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']);
forbid(globalThis, ['fetch', 'WebSocket']);
syncBuiltinESMExports();
