/** Requests for new programs, clangd's file, and the notice about files that are not checked. */
import { afterEach, expect, it } from 'vitest';
import {
  CLANGD_SETUP_REQUEST, NEW_PROGRAM_CHOICES_REQUEST, NEW_PROGRAM_REQUEST, STATUS_REQUEST,
  type ClangdSetupResult, type NewProgramChoices, type NewProgramResult, type StatusInfo,
} from '../../server/src/lsp/messages.js';
import { startClient, type TestClient } from './client.js';

let client: TestClient;
afterEach(() => client.stop());

it('lists what a program can be, and writes one', async () => {
  client = await startClient();
  const choices = await client.connection.sendRequest<NewProgramChoices>(NEW_PROGRAM_CHOICES_REQUEST, {});
  const xdp = choices.types.find((t) => t.programType === 'BPF_PROG_TYPE_XDP');
  expect(xdp?.sections.find((s) => s.section === 'xdp.frags')).toMatchObject({ attachType: 'BPF_XDP', since: '5.18' });
  expect(choices.types.flatMap((t) => t.sections).find((s) => s.section === 'kprobe')?.target?.example).toBe('do_unlinkat');
  const made = await client.connection.sendRequest<NewProgramResult>(NEW_PROGRAM_REQUEST, { section: 'xdp.frags', mapTypes: ['BPF_MAP_TYPE_HASH'] });
  expect(made).toMatchObject({ fileName: 'xdp_frags_prog.bpf.c' });
  expect('text' in made && made.text).toContain('SEC("xdp.frags")\nint xdp_frags_prog(struct xdp_md *ctx)');
  expect(await client.connection.sendRequest(NEW_PROGRAM_REQUEST, { section: 'none', mapTypes: [] })).toEqual({ error: expect.stringContaining('none') as unknown });
});

it('makes a .clangd of the headers that were found', async () => {
  client = await startClient();
  const made = await client.connection.sendRequest<ClangdSetupResult>(CLANGD_SETUP_REQUEST, {
    arch: 'arm64', headers: ['/p/v/arm64/vmlinux.h', '/p/v/x86/vmlinux.h'], machineDirs: ['/usr/include/aarch64-linux-gnu'], otherFiles: ['xdp_kern.c'],
  });
  expect(made).toMatchObject({ changed: true, hasVmlinux: true });
  expect('text' in made && made.text).toMatch(/xdp_kern\\\.c[\s\S]*-D__TARGET_ARCH_arm64\n {4}- -I\/p\/v\/arm64\n {4}- -idirafter\/usr\/include\/aarch64-linux-gnu\n/);
});

it('says with the status why a file is not checked', async () => {
  client = await startClient();
  const ask = async (uri: string, text: string): Promise<StatusInfo> => {
    await client.open(uri, text);
    return client.connection.sendRequest<StatusInfo>(STATUS_REQUEST, { textDocument: { uri } });
  };
  expect((await ask('file:///p/loader.c', '#include <bpf/libbpf.h>\nint main(void) { return 0; }\n')).notice?.text).toBe('User space: no eBPF here');
  expect((await ask('file:///p/a.bpf.c', 'SEC("xdp") int f(struct xdp_md *ctx) { return 0; }\n')).notice).toBeUndefined();
});
