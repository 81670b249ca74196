/** Characters that start completion by themselves. They stand in the answer to `initialize`, which must not wait for completion to be loaded. */
import type { CompletionRole } from '../../syntax/views.js';

/** The roles in which each may. In an expression they bring only what is meant for the very place: values to return, flags, maps. */
export const TRIGGERS: Readonly<Record<string, readonly CompletionRole['kind'][]>> = {
  '>': ['member'],
  '.': ['member', 'designator'],
  '"': ['section'],
  '/': ['section'],
  '(': ['expression', 'map', 'top-level'],
  ',': ['expression', 'map', 'map-type'],
  '|': ['expression', 'map'],
  ' ': ['expression', 'map', 'map-type'],
};
