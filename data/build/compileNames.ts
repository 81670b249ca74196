/** Constants and macros as facts.json holds them: owners and needs as short lists. */
import type {
  CommonLifetime, CommonSource, ConstantData, FactsConstant, FactsDoc, FactsLifetime, FactsMacro, MacroData,
} from '../../server/src/facts/types.gen.js';

/** How parts that all kinds share are compiled. */
export interface Parts {
  lifetime(data: CommonLifetime): FactsLifetime;
  short(sources: readonly CommonSource[]): string[][];
  /** @param folder below data/text */
  doc(folder: string, name: string): { doc?: FactsDoc };
}

export function compileConstants(list: readonly ConstantData[], parts: Parts): FactsConstant[] {
  return list.map((data) => ({
    name: data.name, value: data.value, ...(data.args === undefined ? {} : { args: data.args }), group: data.group, header: data.header,
    belongs: data.belongs.map(({ kind, name, param }) => present([kind, name, param])),
    ...(data.lifetime ? { lifetime: parts.lifetime(data.lifetime) } : {}),
    ...(data.libbpf === undefined ? {} : { libbpf: data.libbpf }),
    sources: parts.short(data.sources),
    ...(data.deprecated ? { use: data.deprecated.use } : {}),
    ...parts.doc('constants', data.name),
  }));
}

export function compileMacros(list: readonly MacroData[], parts: Parts): FactsMacro[] {
  return list.map((data) => ({
    name: data.name, header: data.header, args: data.args, usage: data.usage, libbpf: data.libbpf, ...(data.function ? { function: true } : {}),
    ...(data.needs ? { needs: data.needs.map(({ kind, name, when }) => present([kind, name, when])) } : {}),
    ...(data.kernel ? { kernel: parts.lifetime(data.kernel.lifetime) } : {}),
    ...parts.doc('macros', data.name),
  }));
}

function present(parts: readonly (string | undefined)[]): string[] {
  return parts.filter((part) => part !== undefined);
}
