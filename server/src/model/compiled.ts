/**
 * Words by which the outline of a compiled object (`object/`) says what its instructions show, and C alone would leave to the compiler.
 * Nobody writes them by hand.
 */

/** The condition of a loop that is one in the instructions. */
export const BACK_EDGE = '__compiled_back_edge';

/** The first line of the outline of an object that has no licence and asks no other object for anything. */
export const WITHOUT_LICENSE = 'struct __compiled_without_license;';

/** The first line of the outline of an object that rustc made, and that libbpf does not load. */
export const FROM_RUST = 'struct __compiled_from_rust;';

const NEED = '__compiled_needs_';

/** A statement that says: this needs a feature, by its id in data/features. */
export function needMarker(feature: string): string {
  return `${NEED}${feature.replace(/-/g, '_')};`;
}

/** The feature that an identifier of the outline names. */
export function neededFeature(identifier: string): string | undefined {
  return identifier.startsWith(NEED) ? identifier.slice(NEED.length).replace(/_/g, '-') : undefined;
}
