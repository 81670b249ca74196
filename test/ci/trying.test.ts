/** Second tries of the end-to-end run: what passes at one is told of, what fails twice has failed, and a run has few of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

interface Session {
  readonly number: number;
  readonly page: { screenshot(options: { path: string }): Promise<void> };
  close(): Promise<void>;
}
type Step = readonly [name: string, step: (session: Session) => Promise<void>];
interface Outcome {
  readonly name: string;
  readonly error?: string;
  readonly firstError?: string;
}
interface Trial {
  run(groups: readonly (readonly Step[])[]): Promise<Outcome[]>;
}
interface Trying {
  readonly MAX_SECOND_TRIES: number;
  readonly SecondTries: new () => { readonly used: number };
  twice(run: () => Promise<Outcome[]>, tries: object): Promise<Outcome[]>;
  readonly Trial: new (options: { open: () => Promise<Session>; cleanUp: (session: Session) => Promise<void>; tries: object; outDir: string }) => Trial;
}

const { MAX_SECOND_TRIES, SecondTries, Trial, twice } = (await import('../e2e/trying.mjs' as string)) as Trying;

let outDir: string;
let did: string[];
let pictures: string[];
let opened: number;
let tries: { readonly used: number };

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'trying-'));
  [did, pictures, opened, tries] = [[], [], 0, new SecondTries()];
});
afterEach(() => rmSync(outDir, { recursive: true, force: true }));

function open(): Promise<Session> {
  const number = ++opened;
  did.push(`open ${number}`);
  return Promise.resolve({
    number,
    page: { screenshot: ({ path: file }: { path: string }) => Promise.resolve(void pictures.push(path.basename(file))) },
    close: () => Promise.resolve(void did.push(`close ${number}`)),
  });
}

const trial = (cleanUp = (session: Session): Promise<void> => Promise.resolve(void did.push(`clean ${session.number}`)), opener = open): Trial => new Trial({ open: opener, cleanUp, tries, outDir });

/** A step that fails in the sessions of these numbers. */
const step = (name: string, ...failsIn: number[]): Step => [name, (session) => {
  did.push(`${name} in ${session.number}`);
  return failsIn.includes(session.number) ? Promise.reject(new Error(`${name} said no in ${session.number}`)) : Promise.resolve();
}];

it('leaves one session to all groups where nothing fails', async () => {
  expect(await trial().run([[step('a'), step('b')], [step('c')]])).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  expect(did).toEqual(['open 1', 'a in 1', 'b in 1', 'clean 1', 'c in 1', 'clean 1', 'close 1']);
  expect(tries.used).toBe(0);
});

it('runs the group of a step that failed from its start, in a new session, and says so of that step only', async () => {
  const outcomes = await trial().run([[step('a'), step('b', 1), step('c')], [step('d')]]);
  expect(outcomes.map(({ name, error, firstError }) => [name, error, firstError?.split('\n')[0]])).toEqual([['a', undefined, undefined], ['b', undefined, 'Error: b said no in 1'], ['c', undefined, undefined], ['d', undefined, undefined]]);
  expect(did).toEqual(['open 1', 'a in 1', 'b in 1', 'close 1', 'open 2', 'a in 2', 'b in 2', 'c in 2', 'clean 2', 'd in 2', 'clean 2', 'close 2']);
  expect(tries.used).toBe(1);
  expect(pictures).toEqual(['FAILED b.png']);
});

it('fails what fails twice, goes on with the steps behind it, and with the next group in a new session', async () => {
  const outcomes = await trial().run([[step('a', 1, 2), step('b')], [step('c')]]);
  expect(outcomes.map(({ name, error }) => [name, error?.split('\n')[0]])).toEqual([['a', 'Error: a said no in 2'], ['b', undefined], ['c', undefined]]);
  expect(outcomes[0]?.firstError).toContain('a said no in 1');
  expect(did).toEqual(['open 1', 'a in 1', 'close 1', 'open 2', 'a in 2', 'b in 2', 'close 2', 'open 3', 'c in 3', 'clean 3', 'close 3']);
  expect(pictures).toEqual(['FAILED a.png', 'FAILED a again.png']);
});

it('gives each step of a group a second try', async () => {
  const outcomes = await trial().run([[step('a', 1), step('b', 2)]]);
  expect(outcomes.map(({ name, error, firstError }) => [name, error, firstError?.split('\n')[0]])).toEqual([['a', undefined, 'Error: a said no in 1'], ['b', undefined, 'Error: b said no in 2']]);
  expect(tries.used).toBe(2);
});

it('gives no more second tries than a run may have', async () => {
  expect(MAX_SECOND_TRIES).toBe(3);
  const groups = [1, 2, 3, 4, 0].map((number) => [step(`step ${number}`, number)]);
  const outcomes = await trial().run(groups);
  expect(outcomes.map(({ error, firstError }) => [error === undefined, firstError !== undefined])).toEqual([[true, true], [true, true], [true, true], [false, false], [true, false]]);
  expect(tries.used).toBe(3);
});

it('shares them between the parts of a run', async () => {
  await trial().run([[step('a', 1)], [step('b', 2)], [step('c', 3)]]);
  const outcomes = await trial().run([[step('d', 5)]]);
  expect(outcomes[0]?.error).toContain('d said no in 5');
});

it('opens a session for the next group where one cannot be cleaned up', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const outcomes = await trial(() => Promise.reject(new Error('stuck'))).run([[step('a')], [step('b')]]);
  expect(outcomes).toEqual([{ name: 'a' }, { name: 'b' }]);
  expect(did).toEqual(['open 1', 'a in 1', 'close 1', 'open 2', 'b in 2', 'close 2']);
  expect(log).toHaveBeenCalledWith(expect.stringContaining('stuck'));
  log.mockRestore();
});

it('takes a session that cannot be closed for no failure', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const opener = async (): Promise<Session> => ({ ...(await open()), close: () => Promise.reject(new Error('busy')) });
  expect((await trial(undefined, opener).run([[step('a', 1)]])).map(({ error, firstError }) => [error, firstError?.split('\n')[0]])).toEqual([[undefined, 'Error: a said no in 1']]);
  expect(log).toHaveBeenCalledWith(expect.stringContaining('busy'));
  log.mockRestore();
});

it('tries twice to open a session, and no more often', async () => {
  let asked = 0;
  const once = (): Promise<Session> => (++asked === 1 ? Promise.reject(new Error('no port')) : open());
  expect((await trial(undefined, once).run([[step('a'), step('b')]])).map(({ error, firstError }) => [error, firstError?.split('\n')[0]])).toEqual([[undefined, 'Error: no port'], [undefined, undefined]]);
  const never = await trial(undefined, () => Promise.reject(new Error('no port'))).run([[step('a'), step('b')], [step('c')]]);
  expect(never.map(({ name, error }) => [name, error?.split('\n')[0]])).toEqual([['the editor opens', 'Error: no port']]);
});

it('runs a part without groups once more where one of them failed, and not without end', async () => {
  const runs = (...outcomes: (Outcome[] | Error)[]) => (): Promise<Outcome[]> => {
    const next = outcomes.shift();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? []);
  };
  const [a, b, badA, badB] = [{ name: 'a' }, { name: 'b' }, { name: 'a', error: 'no' }, { name: 'b', error: 'no' }];
  expect(await twice(runs([a, b]), tries)).toEqual([a, b]);
  expect(await twice(runs([a, badB], [a, b]), tries)).toEqual([a, { name: 'b', firstError: 'no' }]);
  expect(await twice(runs([badA, b], [{ name: 'a', error: 'no again' }, b]), tries)).toEqual([{ name: 'a', error: 'no again', firstError: 'no' }, b]);
  expect(await twice(runs([badA, badB], [a, b]), tries)).toEqual([{ name: 'a', firstError: 'no' }, b]);
  expect(tries.used).toBe(3);
  expect(await twice(runs([badA, b], [a, b]), tries)).toEqual([badA, b]);
  tries = new SecondTries();
  expect(await twice(runs(new Error('no editor'), [a]), tries)).toEqual([a, { name: 'ran', firstError: expect.stringContaining('no editor') as string }]);
  expect(await twice(runs([], []), tries)).toEqual([{ name: 'ran', error: 'no test ran', firstError: 'no test ran' }]);
});
