/** The committed table of true findings in Linux 6.1's selftests, compared wherever their source is on the machine. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findingsPage, mustNotLoad, PAGE } from '../../data/build/generateFindings.js';

const CORPUS = process.env['EBPF_LENS_CORPUS_61'] ?? '.cache/linux-source-6.1';

test('files that must not load are told by name or tag', () => {
  for (const name of ['dynptr_fail.c', 'find_vma_fail1.c', 'test_map_in_map_invalid.c', 'test_get_stack_rawtp_err.c', 'user_ringbuf_fail.c']) expect(mustNotLoad(name, '')).toBe(true);
  for (const name of ['test_xdp.c', 'failover.c', 'test_sk_lookup.c']) expect(mustNotLoad(name, 'SEC("xdp")')).toBe(false);
  expect(mustNotLoad('test_global_func1.c', 'SEC("tc")\n__failure __msg("combined stack size")')).toBe(true);
});

test('every row of the page names a finding and the function that refuses', () => {
  const rows = readFileSync(PAGE, 'utf8').split('\n').filter((line) => /^\| \w.*\.c:\d+ /.test(line) || /^\| .*\.h:\d+ /.test(line));
  for (const row of rows) expect(row).toMatch(/^\| [\w.-]+:\d+ \| `.*` \| [a-z-]+: `\w+` \| `\w+`/);
});

// Where the corpus is not there nothing can be compared; continuous integration downloads it.
test.runIf(existsSync(CORPUS))('the page is what the analysis finds', async () => {
  expect(await findingsPage(process.cwd(), CORPUS)).toBe(readFileSync(PAGE, 'utf8'));
});
