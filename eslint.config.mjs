// Lint rules: TypeScript's recommended set, and the import directions of docs/ARCHITECTURE.md as errors.
import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** Forbids imports by path pattern in some files, with the reason. */
const forbid = (files, ...rules) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: rules.map(([group, message]) => ({ group, message })) }] },
});
const CORE = ['text', 'btf', 'object', 'syntax', 'facts', 'model', 'rules', 'verifier', 'features', 'settings'].map((d) => `server/src/${d}/**/*.ts`).concat('server/src/analysis.ts', 'server/src/analysis.types.ts');
const purity = [['node:*', 'fs', 'path', 'os', 'yaml', 'vscode', 'vscode-*', '**/lsp/**', '**/cli/**', '**/entry/**', '**/project/**'], 'The core is pure: no I/O, no LSP types.'];
const treeSitter = [['web-tree-sitter', 'tree-sitter*'], 'Only syntax/ knows tree-sitter.'];

export default tseslint.config(
  { ignores: ['dist/**', 'dist-npm/**', 'node_modules/**', '.cache/**', 'test/e2e/out/**', '**/*.gen.ts'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
    },
  },
  forbid(CORE, purity, treeSitter),
  forbid(['server/src/text/**'], purity, treeSitter, [['../**'], 'text/ imports nothing of ours.']),
  forbid(['server/src/btf/**'], purity, treeSitter, [['**/syntax/**', '**/facts/**', '**/model/**', '**/rules/**', '**/features/**', '**/settings/**', '**/analysis*'], 'btf/ reads bytes; of ours it imports at most text/.']),
  forbid(['server/src/object/**'], purity, treeSitter, [['**/syntax/**', '**/rules/**', '**/features/**', '**/settings/**', '**/analysis*'], 'object/ writes text for the analysis; of ours it imports btf/, facts/ and the names and sections of model/.']),
  forbid(['server/src/syntax/**'], purity, [['**/facts/**', '**/model/**', '**/rules/**', '**/features/**', '**/settings/**', '**/analysis*'], 'syntax/ imports at most text/.']),
  forbid(['server/src/facts/**'], purity, treeSitter, [['**/syntax/**', '**/model/**', '**/rules/**', '**/features/**', '**/settings/**', '**/analysis*'], 'facts/ imports at most text/.']),
  forbid(['server/src/settings/**'], purity, treeSitter, [['**/syntax/**', '**/model/**', '**/rules/**', '**/features/**', '**/facts/**', '**/analysis*'], 'settings/ imports at most text/.']),
  forbid(['server/src/project/**'], [['node:*', 'fs', 'path', 'vscode', 'vscode-*', '**/lsp/**', '**/cli/**', '**/entry/**'], 'project/ is pure: texts come from the caller.'], treeSitter, [['**/rules/**', '**/features/**', '**/analysis*', '**/syntax/**', '**/facts/**'], 'project/ reads flags; of ours it imports only the resolving of includes.']),
  forbid(['server/src/model/**'], purity, treeSitter, [['**/rules/**', '**/features/**', '**/analysis*'], 'model/ is below rules and features.']),
  forbid(['server/src/rules/**'], purity, treeSitter, [['**/features/**', '**/syntax/**', '**/analysis*'], 'Rules walk the model, never syntax, and never import features.']),
  forbid(['server/src/verifier/**'], purity, treeSitter, [['**/syntax/**', '**/model/**', '**/rules/**', '**/features/**', '**/settings/**', '**/analysis*'], 'verifier/ reads logs; of ours it imports at most text/ and facts/.']),
  forbid(['server/src/features/**'], purity, treeSitter, [['**/rules/*', '!**/rules/rule.js'], 'Features read findings; they import no rule.']),
  forbid(['server/src/lsp/**'], [['node:*', 'fs', 'path'], 'node:* only in cli/ and entry/.'], treeSitter, [['**/cli/**', '**/entry/**'], 'lsp/ is below entry/.']),
  {
    files: ['client/src/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '/server/(?!src/lsp/messages\\.js$)', message: 'The client takes only types and names, from server/src/lsp/messages.ts.' }] }] },
  },
  // Texts of strangers are matched by regular expressions that take time in proportion to the text.
  {
    files: ['server/src/**', 'client/src/**'],
    plugins: { regexp },
    rules: { 'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }], 'regexp/no-super-linear-move': ['error', { ignoreSticky: true }] },
  },
  // No network and no other programs: what is not imported or named cannot be reached.
  {
    files: ['server/src/**', 'client/src/**'],
    rules: {
      'no-restricted-globals': ['error', ...['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource', 'WebTransport', 'RTCPeerConnection'].map((name) => ({ name, message: 'No network, ever.' }))],
      'no-restricted-properties': ['error', ...['sendBeacon'].map((property) => ({ object: 'navigator', property, message: 'No network, ever.' })), { object: 'process', property: 'binding', message: 'No way around the forbidden modules.' }],
      'no-restricted-syntax': ['error', {
        selector: 'ImportDeclaration[source.value=/^(?:node:)?(?:child_process|cluster|dgram|dns(?:\\u002fpromises)?|http|http2|https|inspector|net|repl|tls|undici|ws)$/]',
        message: 'No network and no other programs.',
      }, {
        selector: 'ImportExpression[source.value=/^(?:node:)?(?:child_process|cluster|dgram|dns|http|http2|https|inspector|net|repl|tls|undici|ws)$/]',
        message: 'No network and no other programs.',
      }, {
        selector: 'CallExpression[callee.name=/^(?:eval|Function|require)$/]',
        message: 'No code is made or loaded at run time.',
      }, {
        selector: 'NewExpression[callee.name="Function"]',
        message: 'No code is made or loaded at run time.',
      }],
    },
  },
  // The worker fetches the files that it was built with, from the folder that the client names.
  { files: ['server/src/entry/worker.ts'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['test/**', 'data/build/**', '.ci/**', '*.mjs'], rules: { 'no-console': 'off' } },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', Buffer: 'readonly', document: 'readonly', NodeFilter: 'readonly', getComputedStyle: 'readonly', fetch: 'readonly', performance: 'readonly', setInterval: 'readonly', clearInterval: 'readonly' } } },
);
