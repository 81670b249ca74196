/** A server that dies is started again, a server that keeps dying is not. */
import { describe, expect, it } from 'vitest';
import { MAX_RESTARTS, RestartPolicy, WINDOW_MS } from '../../client/src/restartPolicy.js';

describe('restarts after a crash', () => {
  it('are given up after too many in a short time', () => {
    const policy = new RestartPolicy(() => 0);
    const answers = Array.from({ length: MAX_RESTARTS + 1 }, () => policy.crashed());
    expect(answers).toEqual([...Array.from({ length: MAX_RESTARTS }, () => true), false]);
  });

  it('are not given up when crashes are rare', () => {
    let now = 0;
    const policy = new RestartPolicy(() => now);
    for (let i = 0; i < 20; i++) {
      expect(policy.crashed()).toBe(true);
      now += WINDOW_MS / MAX_RESTARTS + 1;
    }
  });

  it('begin anew when the user asks for a start', () => {
    const policy = new RestartPolicy(() => 0);
    for (let i = 0; i <= MAX_RESTARTS; i++) policy.crashed();
    policy.reset();
    expect(policy.crashed()).toBe(true);
  });
});
