/** Every part of the editor's side beside the status bar. */
import type { Part } from './part.js';
import { Reference } from './reference.js';

export const PARTS: readonly Part[] = [(context) => new Reference((method, params) => context.request(method, params))];
