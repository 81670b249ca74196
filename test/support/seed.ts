/** Where what is random begins: at the same seed in every run, so that no change fails by chance; `npm run fuzz` takes another one each time. */

/** True for `npm run fuzz`. */
export const FULL = process.env['EBPF_LENS_FUZZ'] === 'full';
const given = process.env['EBPF_LENS_FUZZ_SEED'];
export const SEED = given !== undefined ? Number(given) : FULL ? Date.now() % 2 ** 31 : 20261122;
