/** Set-up of the files whose tests wait for processes without letting go of the thread: between two of them the runner is heard. */
import { afterEach } from 'vitest';
import { breathe } from './breathe.js';

afterEach(breathe);
