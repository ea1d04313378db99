import type { Random } from "../../test/manifest/generate-yaml.ts";

const PIECES: readonly (readonly number[])[] = [
  [0],
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbb, 0xbf],
  [0xe2, 0x80, 0xa8],
  [0xc2, 0x85],
  [0xff, 0xfe],
  [0x0d],
  [0x0a],
  [0x09],
  [0x1b, 0x5b, 0x33, 0x31, 0x6d],
  [0x22],
  [0x7b],
  [0x5d],
];

/** Changes, cuts, doubles and inserts a few bytes, wherever they are. */
export function mutateBytes(random: Random, bytes: Uint8Array, times: number): Uint8Array {
  let found = [...bytes];
  for (let count = 0; count < times; count += 1) {
    const at = random.below(found.length + 1);
    switch (random.below(6)) {
      case 0:
        if (at < found.length) found[at] = (found[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        found.splice(at, 1 + random.below(8));
        break;
      case 2:
        found.splice(at, 0, ...random.pick(PIECES));
        break;
      case 3:
        found.splice(at, 0, ...found.slice(at, at + 1 + random.below(40)));
        break;
      case 4:
        if (at < found.length) found[at] = random.below(256);
        break;
      default:
        if (random.chance(0.2)) found = found.slice(0, at);
        else found.splice(random.below(found.length + 1), 0, ...found.splice(at, 1 + random.below(30)));
    }
  }
  return Uint8Array.from(found);
}
