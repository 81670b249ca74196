/** Maps: found with their fields, however their struct is written. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

const FIELDS = '\t__uint(type, BPF_MAP_TYPE_RINGBUF);\n\t__uint(max_entries, 4096);\n';
const maps = async (code: string): Promise<string[]> => (await unit(code)).model.maps.map((m) => `${m.name} ${m.type} ${m.attributes.map((a) => a.name).join(' ')}`);

describe('a map', () => {
  it.each([
    ['of a struct without a name', `struct {\n${FIELDS}} events SEC(".maps");`],
    ['of a struct with a name', `struct events_map {\n${FIELDS}} events SEC(".maps");`],
    ['of a struct that is defined apart', `struct events_map {\n${FIELDS}};\nstruct events_map events SEC(".maps");`],
    ['of a type that is defined apart', `typedef struct {\n${FIELDS}} events_map;\nevents_map events SEC(".maps");`],
    ['of a type with a tag', `typedef struct tagged {\n${FIELDS}} events_map;\nevents_map events SEC(".maps");`],
    ['that is static, of a struct that is defined apart', `struct events_map {\n${FIELDS}};\nstatic struct events_map events SEC(".maps");`],
  ])('%s has its type and its fields', async (_, code) => {
    expect(await maps(code)).toEqual(['events BPF_MAP_TYPE_RINGBUF type max_entries']);
  });

  it('shares a struct with others', async () => {
    expect(await maps(`struct m {\n${FIELDS}};\nstruct m a SEC(".maps");\nstruct m b SEC(".maps");`)).toEqual(['a BPF_MAP_TYPE_RINGBUF type max_entries', 'b BPF_MAP_TYPE_RINGBUF type max_entries']);
  });

  it.each([
    ['declares two', `struct {\n${FIELDS}} a SEC(".maps"), b SEC(".maps");`],
    ['names its struct and declares two', `struct m {\n${FIELDS}} a SEC(".maps"), b SEC(".maps");`],
    ['names its struct for the next', `struct m {\n${FIELDS}} a SEC(".maps");\nstruct m b SEC(".maps");`],
  ])('of one definition that %s has the same fields as the other', async (_, code) => {
    expect(await maps(code)).toEqual(['a BPF_MAP_TYPE_RINGBUF type max_entries', 'b BPF_MAP_TYPE_RINGBUF type max_entries']);
    const needs = (await unit(code)).model.requirements.filter((r) => r.kind === 'map-type').map((r) => r.feature);
    expect(needs).toEqual(['BPF_MAP_TYPE_RINGBUF']);
  });

  it('of the old style has the fields of its own initializer', async () => {
    const code = 'struct bpf_map_def SEC("maps") a = { .type = BPF_MAP_TYPE_HASH, .key_size = 4 }, b = { .type = BPF_MAP_TYPE_ARRAY };';
    expect(await maps(code)).toEqual(['a BPF_MAP_TYPE_HASH type key_size', 'b BPF_MAP_TYPE_ARRAY type']);
    const { findings } = await unit(code);
    expect(findings.filter((f) => f.rule === 'legacy-map-definition').map((f) => [f.subject, f.fixes.length])).toEqual([['a', 0], ['b', 0]]);
  });

  it('of a struct in a header has its type, and no finding about fields that are written there', async () => {
    const trie = 'extern struct routes_map {\n\t__uint(type, BPF_MAP_TYPE_LPM_TRIE);\n\t__uint(map_flags, BPF_F_NO_PREALLOC);\n} routes;\n';
    const found = await unit('#include "maps.h"\nstruct routes_map routes SEC(".maps");\n', { files: { 'maps.h': trie } });
    expect(found.model.maps.map((m) => [m.name, m.path, m.type, m.attributes.length])).toEqual([['routes', 'main.bpf.c', 'BPF_MAP_TYPE_LPM_TRIE', 0]]);
    const [needs] = found.model.requirements.filter((r) => r.kind === 'map-type');
    expect(needs && found.model.main.text.slice(needs.span.start, needs.span.end)).toBe('routes');
    expect(found.findings).toEqual([]);
  });

  it('of a struct that is not in sight has no type, and a member with a struct of its own gives none', async () => {
    expect(await maps('struct elsewhere m SEC(".maps");')).toEqual(['m null ']);
    expect(await maps(`struct outer {\n\tstruct inner {\n${FIELDS}\t} x;\n};\nstruct inner m SEC(".maps");`)).toEqual(['m null ']);
  });
});
