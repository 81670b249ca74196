/** Entry of the package's library for browsers and workers: the page brings the files, however it loads them. */
import { openLens, type Lens, type LensAssets } from '../library/lens.js';

export type * from '../library/lens.js';

/** Opens a lens. @param assets `ebpf-lens/facts.json` and the two wasm files of the package */
export async function createLens(assets: LensAssets): Promise<Lens> {
  return openLens(assets);
}
