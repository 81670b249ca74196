/** Lets the runner have its say: it takes a test that is silent for a minute for lost, and one that waits for processes is silent. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
