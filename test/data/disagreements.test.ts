/** docs/DISAGREEMENTS.md: what it is made of, and that known differences are on it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDataFiles, type DataFiles } from '../../data/build/dataFiles.js';
import { disagreementsOf } from '../../data/build/disagreements.js';
import { disagreementsPage } from '../../data/build/generateDisagreements.js';
import { readPublished } from '../../data/build/published.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dataDir = path.join(root, 'data');

describe('disagreements with public tables', () => {
  let files: DataFiles;
  beforeAll(async () => {
    const read = await readDataFiles(dataDir);
    files = read.files!;
  });

  it('are on the committed page, which is made of data/ alone', async () => {
    expect(await readFile(path.join(root, 'docs/DISAGREEMENTS.md'), 'utf8')).toBe(disagreementsPage(files, await readPublished(dataDir)));
  });

  it.each([
    ['| helper | `bpf_map_lookup_elem` | 3.19 | 3.18 | same |'],
    ['| helper | `bpf_get_prandom_u32` | 4.1 | 4.17 | same |'],
    ['- `bpf_get_netns_cookie`: CGROUP_SOCKOPT, SK_MSG, SOCK_OPS on 5.10.262'],
    ['- `bpf_skb_pull_data`: LWT_SEG6LOCAL on 6.1.192, 7.2.13, 7.3.4'],
    ['`bpf_dynptr_is_rdonly` | 6.5 | 5.19'],
  ])('%s', async (line) => {
    expect(await readFile(path.join(root, 'docs/DISAGREEMENTS.md'), 'utf8')).toContain(line);
  });

  it('are told from both sides, and not where only sleepable programs may call or nothing was measured', () => {
    const entry = (letters: string, listed: string[]) => ({
      name: 'bpf_x',
      since: '5.1',
      listed: [{ programTypes: listed }],
      measured: { [letters]: ['socket_filter'] },
    });
    const about = (letters: string, listed: string[]) =>
      disagreementsOf(entry(letters, listed) as never, 'helper', files).map(({ side, cases }) => [side, [...cases].filter(([, types]) => types.includes('SOCKET_FILTER')).map(([span]) => span)] as const).filter(([, spans]) => spans.length > 0);
    expect(about('ynnnnnnnnn', ['BPF_PROG_TYPE_SOCKET_FILTER'])).toEqual([['refused', ['6.1.192 to 7.3.4']]]);
    expect(about('nyynnnnnnn', [])).toEqual([['allowed', ['6.1.192 to 6.12.107']]]);
    expect(about('nnynynnnnn', [])).toEqual([['allowed', ['6.12.107, 6.18.15']]]);
    expect(about('s??-csssss', ['BPF_PROG_TYPE_SOCKET_FILTER'])).toEqual([]);
    expect(about('s??-csssss', [])).toEqual([]);
  });

  it('are not made by entries that say the same', async () => {
    const { versions, flags } = await readPublished(dataDir);
    for (const { name, ebpfDocs, bcc } of versions) {
      const since = files.helpers.get(name)?.since;
      if (since !== undefined) expect([ebpfDocs, bcc], name).not.toContain(since);
    }
    for (const { name, ebpfDocs } of flags) expect([...ebpfDocs].sort(), name).not.toEqual([...(files.kfuncs.get(name)?.flags ?? [])].sort());
  });
});
