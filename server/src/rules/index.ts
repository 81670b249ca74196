/** All rules, sorted by id; a test compares the list with the folder. */
import { attachTargetMissing } from './attach-target-missing.js';
import { contextFieldNotAllowed } from './context-field-not-allowed.js';
import { contextTypeMismatch } from './context-type-mismatch.js';
import { coreFieldMissing } from './core-field-missing.js';
import { flagNewerThanTarget } from './flag-newer-than-target.js';
import { helperNeedsGpl } from './helper-needs-gpl.js';
import { helperNeedsSleepable } from './helper-needs-sleepable.js';
import { helperNewerThanTarget } from './helper-newer-than-target.js';
import { helperNotAllowed } from './helper-not-allowed.js';
import { kfuncNeedsGpl } from './kfunc-needs-gpl.js';
import { kfuncNeedsSleepable } from './kfunc-needs-sleepable.js';
import { kfuncNewerThanTarget } from './kfunc-newer-than-target.js';
import { kfuncNotAllowed } from './kfunc-not-allowed.js';
import { kfuncRemovedInTarget } from './kfunc-removed-in-target.js';
import { kfuncUndeclared } from './kfunc-undeclared.js';
import { legacyMapDefinition } from './legacy-map-definition.js';
import { loopNewerThanTarget } from './loop-newer-than-target.js';
import { mapDefinitionInvalid } from './map-definition-invalid.js';
import { mapHelperMismatch } from './map-helper-mismatch.js';
import { mapTypeNewerThanTarget } from './map-type-newer-than-target.js';
import { missingLicense } from './missing-license.js';
import { printkArgumentsNewerThanTarget } from './printk-arguments-newer-than-target.js';
import { returnValueOutOfRange } from './return-value-out-of-range.js';
import type { Rule } from './rule.js';
import { sectionNewerThanLibbpf } from './section-newer-than-libbpf.js';
import { unknownSection } from './unknown-section.js';

export const RULES: readonly Rule[] = [
  attachTargetMissing,
  contextFieldNotAllowed,
  contextTypeMismatch,
  coreFieldMissing,
  flagNewerThanTarget,
  helperNeedsGpl,
  helperNeedsSleepable,
  helperNewerThanTarget,
  helperNotAllowed,
  kfuncNeedsGpl,
  kfuncNeedsSleepable,
  kfuncNewerThanTarget,
  kfuncNotAllowed,
  kfuncRemovedInTarget,
  kfuncUndeclared,
  legacyMapDefinition,
  loopNewerThanTarget,
  mapDefinitionInvalid,
  mapHelperMismatch,
  mapTypeNewerThanTarget,
  missingLicense,
  printkArgumentsNewerThanTarget,
  returnValueOutOfRange,
  sectionNewerThanLibbpf,
  unknownSection,
];
