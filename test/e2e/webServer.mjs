/**
 * VS Code for the web without any machine behind it, as vscode.dev is: the pages of the VS Code that `setup.sh` installed, the unpacked
 * VSIX as an extension of the browser, and a workspace that lives in the page. What `@vscode/test-web` does with a downloaded build.
 */
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { unpack } from './package.mjs';
import { CODE_SERVER_FOLDER, QUIET } from './vscode.mjs';

const VSCODE = path.join(CODE_SERVER_FOLDER, 'lib/vscode');
const WORKBENCH = 'out/vs/code/browser/workbench/workbench.js';
/** Extensions of the editor that the tests need: C, Markdown and its preview, themes, the settings file. */
const BUILT_IN = ['cpp', 'markdown-basics', 'markdown-language-features', 'theme-defaults', 'json'];

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.cjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.ttf': 'font/ttf', '.png': 'image/png' };

/** The extension that holds the workspace: a file system in memory, filled from the server. */
const FILES_EXTENSION = {
  'package.json': JSON.stringify({ name: 'files', publisher: 'ebpf-lens-tests', version: '0.0.1', engines: { vscode: '^1.91.0' }, browser: './extension.js', activationEvents: ['onFileSystem:vscode-test-web'] }),
  'extension.js': `
const { EventEmitter, FileSystemError, FileType, workspace } = require('vscode');
exports.activate = async (context) => {
  const texts = new Map(Object.entries(await (await fetch(context.extensionUri.with({ path: '/workspace.json' }).toString(true))).json()).map(([name, text]) => ['/' + name, new TextEncoder().encode(text)]));
  const changed = new EventEmitter();
  const missing = (uri) => FileSystemError.FileNotFound(uri);
  const inside = (folder) => [...texts.keys()].filter((name) => name.startsWith(folder === '/' ? '/' : folder + '/'));
  context.subscriptions.push(workspace.registerFileSystemProvider('vscode-test-web', {
    onDidChangeFile: changed.event,
    watch: () => ({ dispose() {} }),
    stat(uri) {
      const bytes = texts.get(uri.path);
      if (bytes) return { type: FileType.File, ctime: 0, mtime: 0, size: bytes.length };
      if (uri.path === '/' || inside(uri.path).length > 0) return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
      throw missing(uri);
    },
    readDirectory(uri) {
      const start = uri.path === '/' ? 1 : uri.path.length + 1;
      return [...new Map(inside(uri.path).map((name) => { const [first, more] = name.slice(start).split('/'); return [first, more === undefined ? FileType.File : FileType.Directory]; }))];
    },
    readFile(uri) { const bytes = texts.get(uri.path); if (!bytes) throw missing(uri); return bytes; },
    writeFile(uri, bytes) { texts.set(uri.path, bytes); changed.fire([{ type: 1, uri }]); },
    createDirectory() {},
    delete(uri) { texts.delete(uri.path); changed.fire([{ type: 3, uri }]); },
    rename() { throw new Error('not here'); },
  }, { isCaseSensitive: true }));
};`,
};

/** Every file under a folder by its path in it. */
function texts(folder, under = '') {
  return Object.assign({}, ...fs.readdirSync(path.join(folder, under), { withFileTypes: true }).map((entry) => {
    const name = path.posix.join(under, entry.name);
    return entry.isDirectory() ? texts(folder, name) : { [name]: fs.readFileSync(path.join(folder, name), 'utf8') };
  }));
}

function html(origin) {
  const [scheme, authority] = ['http', new URL(origin).host];
  const at = (where) => ({ scheme, authority, path: where });
  const product = JSON.parse(fs.readFileSync(path.join(VSCODE, 'product.json'), 'utf8'));
  const configuration = {
    // No `file:`, so nothing can read it but through the editor.
    folderUri: { scheme: 'vscode-test-web', authority: 'mount', path: '/' },
    additionalBuiltinExtensions: [at('/files'), at('/extension'), ...BUILT_IN.map((name) => at(`/vscode/extensions/${name}`))],
    webviewEndpoint: `${origin}/vscode/out/vs/workbench/contrib/webview/browser/pre`,
    configurationDefaults: { ...QUIET, 'security.workspace.trust.enabled': false },
    productConfiguration: { nameShort: product.nameShort, nameLong: product.nameLong, version: product.version, commit: product.commit, quality: product.quality, extensionsGallery: undefined, enableTelemetry: false },
    developmentOptions: { logLevel: 3 },
    userDataPath: '/', // asked for by code-server's pages, for nothing that matters here
    isEnabledFileDownloads: true,
    isEnabledFileUploads: true,
    isEnabledCoderGettingStarted: false,
    callbackRoute: '/callback',
  };
  const values = { WORKBENCH_WEB_CONFIGURATION: JSON.stringify(configuration).replaceAll('&', '&amp;').replaceAll('"', '&quot;'), WORKBENCH_AUTH_SESSION: '', WORKBENCH_WEB_BASE_URL: `${origin}/vscode`, WORKBENCH_NLS_URL: `${origin}/vscode/out/nls.messages.js`, WORKBENCH_NLS_FALLBACK_URL: `${origin}/vscode/out/nls.messages.js`, WORKBENCH_SCRIPT_NONCE: '', BASE: '', VS_BASE: '' };
  return fs.readFileSync(path.join(VSCODE, 'out/vs/code/browser/workbench/workbench.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_all, name) => values[name] ?? '');
}

/** What code-server changed in the workbench so that it always has a machine behind it, changed back. */
const PATCHES = [
  [',remoteAuthority:location.host', ''],
  [/get userRoamingDataHome\(\)\{return \w+\((\w+)\.file\(this\.userDataPath\)\.with\(\{scheme:(\w+)\.vscodeRemote\}\),"User"\)\}/, 'get userRoamingDataHome(){return $1.file("/User").with({scheme:$2.vscodeUserData})}'],
];

/** The workbench's script as VS Code itself has it. */
function workbench() {
  return PATCHES.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`this code-server's workbench has no ${from}`);
    return changed;
  }, fs.readFileSync(path.join(VSCODE, WORKBENCH), 'utf8'));
}

/**
 * Serves it all on a port of this machine.
 * @param {{ vsix: string, workspace: string }} options the workspace's files are copied into the page
 * @returns {Promise<{ page: string, stop(): Promise<void> }>} `page`: the address of the workbench
 */
export async function startWeb({ vsix, workspace }) {
  const unpacked = fs.mkdtempSync(path.join(os.tmpdir(), 'el-web-'));
  unpack(vsix, unpacked);
  const script = workbench();
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    const send = (body, type) => response.writeHead(200, { 'content-type': type, 'access-control-allow-origin': '*' }).end(body);
    const origin = `http://${request.headers.host}`;
    if (pathname === '/') return send(html(origin), 'text/html');
    if (pathname === `/vscode/${WORKBENCH}`) return send(script, 'text/javascript');
    if (pathname === '/workspace.json') return send(JSON.stringify(texts(workspace)), 'application/json');
    if (pathname.startsWith('/files/')) return pathname.slice(7) in FILES_EXTENSION ? send(FILES_EXTENSION[pathname.slice(7)], TYPES[path.extname(pathname)]) : response.writeHead(404).end();
    const [, mount, rest] = /^\/(vscode|extension)\/(.*)$/.exec(decodeURIComponent(pathname)) ?? [];
    const base = mount === 'vscode' ? VSCODE : unpacked;
    const file = path.join(base, rest ?? '');
    if (mount === undefined || !file.startsWith(base + path.sep) || !fs.existsSync(file) || !fs.statSync(file).isFile()) return response.writeHead(404, { 'access-control-allow-origin': '*' }).end();
    return send(fs.readFileSync(file), TYPES[path.extname(file)] ?? 'application/octet-stream');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    page: `http://127.0.0.1:${server.address().port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      fs.rmSync(unpacked, { recursive: true, force: true });
    },
  };
}
