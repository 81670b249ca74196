/**
 * Lets the runner have its say. It takes a test that is silent for a minute for lost, and one that waits for processes, or computes, without letting
 * go of the thread is silent: whatever takes seconds breathes on the way.
 */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
