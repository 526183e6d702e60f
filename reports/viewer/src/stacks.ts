/** Distinct stacks, root first: those of stack i are at starts[i] … starts[i + 1] - 1. */
export interface Stacks {
  count: number;
  frames: Int32Array;
  /** 1 where a frame was inlined into its caller. */
  inlined: Uint8Array;
  starts: Int32Array;
  values: Float64Array;
  objects: Float64Array | null;
  kinds: Int32Array;
}

/** Reads the columns that HtmlStacks.cs writes. */
export function readStacks(bytes: Uint8Array, hasObjects: boolean): Stacks {
  let at = 0;
  const number = (): number => {
    let value = bytes[at++]!;
    if (value < 0x80) return value;
    value &= 0x7f;
    // No shifts: they are of 32 bits, and totals are not.
    for (let scale = 128; ; scale *= 128) {
      const next = bytes[at++]!;
      value += (next & 0x7f) * scale;
      if (next < 0x80) return value;
    }
  };
  const signed = (): number => {
    const value = number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  };

  const count = number();
  const shared = Int32Array.from({ length: count }, number);
  const starts = new Int32Array(count + 1);
  for (let stack = 0; stack < count; stack++) starts[stack + 1] = starts[stack]! + shared[stack]! + number();
  const frames = new Int32Array(starts[count]!);
  const inlined = new Uint8Array(frames.length);
  for (let stack = 0; stack < count; stack++) {
    const start = starts[stack]!;
    const own = start + shared[stack]!;
    if (own > start) {
      const before = starts[stack - 1]!;
      frames.copyWithin(start, before, before + own - start);
      inlined.copyWithin(start, before, before + own - start);
    }
    for (let index = own; index < starts[stack + 1]!; index++) {
      const frame = number();
      frames[index] = frame >>> 1;
      inlined[index] = frame & 1;
    }
  }

  const values = Float64Array.from({ length: count }, signed);
  const objects = hasObjects ? Float64Array.from({ length: count }, signed) : null;
  const kinds = Int32Array.from({ length: count }, number);
  return { count, frames, inlined, starts, values, objects, kinds };
}
