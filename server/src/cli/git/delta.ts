/** Git's deltas: an object as parts of another and bytes of its own (Documentation/gitformat-pack, "Deltified representation"). */

/**
 * Applies a delta.
 * @param max bytes that the result may have
 * @throws Error for one that does not fit its base
 */
export function applyDelta(base: Buffer, delta: Buffer, max: number): Buffer {
  let at = 0;
  const byte = (): number => {
    const value = delta[at++];
    if (value === undefined) throw new Error('a delta ends too early');
    return value;
  };
  const size = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = byte();
      value += (next & 0x7f) * scale;
      if (!(next & 0x80)) return value;
      if (scale > max) throw new Error('a delta makes too much');
    }
  };
  if (size() !== base.length) throw new Error('a delta has another base');
  const length = size();
  if (length > max) throw new Error('a delta makes too much');
  const result = Buffer.allocUnsafe(length);
  let end = 0;
  const take = (from: Buffer, start: number, count: number): void => {
    if (start + count > from.length || end + count > length) throw new Error('a delta reaches too far');
    from.copy(result, end, start, start + count);
    end += count;
  };
  while (at < delta.length) {
    const code = byte();
    if (code & 0x80) {
      let start = 0;
      for (let i = 0; i < 4; i++) if (code & (1 << i)) start += byte() * 2 ** (8 * i);
      let count = 0;
      for (let i = 0; i < 3; i++) if (code & (16 << i)) count += byte() * 2 ** (8 * i);
      take(base, start, count === 0 ? 0x10000 : count);
    } else if (code > 0) {
      take(delta, at, code);
      at += code;
    } else throw new Error('a delta has an unknown part');
  }
  if (end !== length) throw new Error('a delta makes too little');
  return result;
}
