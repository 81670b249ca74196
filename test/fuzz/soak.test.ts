/**
 * Thousands of edits through the language server's session: the memory that is in use after a collection does not grow. Runs in a worker with
 * a collector that can be called; `npm run soak` makes 10,000 edits over more files.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import { complete } from '../../server/src/features/completion/completion.js';
import { hover } from '../../server/src/features/hover/hover.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser } from '../support/unit.js';
import { generated } from '../syntax/sources.js';
import { breathe, FULL, realFiles, tell } from './support.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const EDITS = FULL ? 10_000 : 2_400;

it('memory stays flat over thousands of edits', async () => {
  await startParser();
  const facts = await loadTestFacts();
  const session = createSession(facts);
  const texts = [...realFiles(FULL ? 20 : 6, 6_000).map((file) => file.text), generated(FULL ? 1_000 : 300)];
  const current = [...texts];
  const used = (): number => {
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return (heapUsed + external + arrayBuffers) / 2 ** 20;
  };
  let [quarter, end] = [0, 0];
  for (let i = 1; i <= EDITS; i++) {
    const which = i % texts.length;
    // Names are new every time, so that whatever is kept by name shows; after some edits the text starts anew.
    const text = i % 40 < texts.length ? texts[which]! : current[which]!;
    const at = text.indexOf('\n', (i * 7919) % text.length) + 1;
    current[which] = `${text.slice(0, at)}${i % 3 === 0 ? `static int fresh_${i}(int a_${i}) { if (a_${i} && has_${i}) return bpf_ktime_get_ns(); return ${i}; }\n` : i % 3 === 1 ? `/* note ${i} */\n` : ''}${i % 3 === 2 ? text.slice(at + 1) : text.slice(at)}`;
    const path = `file:///w/${which}.bpf.c`;
    const unit = session.analyze({ main: path, files: new Map([[path, current[which]]]) }, DEFAULT_SETTINGS);
    unit.minKernel();
    hover(unit, at + 5);
    complete(unit, at);
    if (i % 100 === 0) {
      session.forget(path);
      await breathe();
    }
    if (i === EDITS / 4) quarter = used();
  }
  end = used();
  session.dispose();
  tell('soak', { edits: EDITS, files: texts.length, 'MiB after a quarter': Math.round(quarter), 'MiB at the end': Math.round(end) });
  expect(end / quarter, `${quarter.toFixed(1)} MiB after a quarter of the edits, ${end.toFixed(1)} MiB at the end`).toBeLessThan(1.25);
}, 3_600_000);
