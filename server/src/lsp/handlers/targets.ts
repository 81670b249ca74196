/** The distributions that a target may name. */
import { distributionTexts } from '../../features/distributions.js';
import { TARGETS_REQUEST, type TargetInfo } from '../messages.js';
import type { HandlerSet } from './handlerSet.js';

export const targetHandlers: HandlerSet = {
  register({ connection, ofFacts }) {
    connection.onRequest(TARGETS_REQUEST, ofFacts('targets', (facts): readonly TargetInfo[] => distributionTexts(facts, new Date().toISOString().slice(0, 10))));
  },
};
