/** Reads the unit's licence the way the loader does: the string in the section `license`, in whichever file it stands. */
import type { FactBook } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { DefineView, VariableView } from '../syntax/views.js';
import type { LicenseInfo } from './model.types.js';
import { compiledUnder } from './preprocessor.js';
import { sectionText } from './sections.js';
import { tokenize } from './tokens.js';
import { defineTokens, stringsOf, type UnitIndex } from './unitIndex.js';

/** Text of the initializer, where the view holds no plain string: `= MY_LICENSE`. */
function initializerString(variable: VariableView, path: string, index: UnitIndex): string | undefined {
  if (variable.stringValue !== undefined) return variable.stringValue;
  const text = index.files.get(path)?.text.slice(variable.nameSpan.end, Math.min(variable.span.end, variable.nameSpan.end + 2000)) ?? '';
  const equals = text.lastIndexOf('=');
  if (equals < 0) return undefined;
  const tokens = tokenize(text.slice(equals + 1)).filter((t) => !(t.kind === 'punct' && /^[;{}]$/.test(t.value)));
  const texts = stringsOf(tokens, index);
  return texts.length === 1 ? texts[0] : undefined;
}

/** `BPF_LICENSE("Dual BSD/GPL");`: a macro of the unit that declares the variable, with the text as an argument or in its body. */
function licencesOfMacros(index: UnitIndex, compatible: (text: string) => boolean): LicenseInfo[] {
  const found: LicenseInfo[] = [];
  for (const file of index.files.values()) {
    for (const use of file.macroUses ?? []) {
      const define = index.defines.get(use.name)?.find(({ view }) => view.params !== undefined)?.view;
      if (!define || !declaresLicence(define, index) || compiledUnder(use.conditions, file.path, index) === 'no') continue;
      const tokens = defineTokens(define);
      const value = tokens[tokens.findIndex((t) => t.value === '=' && t.kind === 'punct') + 1];
      const param = define.params!.indexOf(value?.value ?? '');
      const texts = value === undefined ? [] : stringsOf(param < 0 ? [value] : tokenize(use.args[param] ?? ''), index);
      const text = texts.length === 1 ? texts[0] : undefined;
      found.push({ text, path: file.path, span: use.nameSpan, gplCompatible: text === undefined ? undefined : compatible(text) });
    }
  }
  return found;
}

/** True if the macro names the section itself, or by a macro such as `__section_license`. */
function declaresLicence(define: DefineView, index: UnitIndex): boolean {
  const names = (view: DefineView): boolean => defineTokens(view).some((t) => t.kind === 'string' && t.value === 'license');
  return defineTokens(define).some((t) => t.value === '=') && (names(define) || defineTokens(define).some((t) => t.kind === 'word' && index.defines.get(t.value)?.some(({ view }) => names(view))));
}

/**
 * The licence of the unit. Several that agree are one; several that differ (by `#if`) are not known.
 * With none in sight, the setting `assumeLicense` speaks, unless it says `unknown`.
 */
export function findLicense(index: UnitIndex, facts: FactBook, settings: Settings): LicenseInfo {
  const compatible = (text: string): boolean => facts.gplLicenses.includes(text);
  const found: LicenseInfo[] = [];
  for (const file of index.files.values()) {
    for (const v of file.variables) {
      if (v.sections.length === 0 || !v.sections.some((use) => sectionText(use, index) === 'license')) continue;
      if (compiledUnder(v.conditions, file.path, index) === 'no') continue;
      const text = initializerString(v, file.path, index);
      found.push({ text, path: file.path, span: v.nameSpan, gplCompatible: text === undefined ? undefined : compatible(text) });
    }
  }
  if (found.length === 0) found.push(...licencesOfMacros(index, compatible));
  const first = found[0];
  if (!first) {
    const assumed = settings.assumeLicense.trim();
    if (assumed === '' || assumed === 'unknown') return { text: undefined, gplCompatible: undefined };
    return { text: undefined, gplCompatible: compatible(assumed) };
  }
  return found.every((l) => l.gplCompatible === first.gplCompatible) ? first : { ...first, gplCompatible: undefined };
}
