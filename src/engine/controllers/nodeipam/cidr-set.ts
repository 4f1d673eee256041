/**
 * The blocks that a network range divides into, by number.
 *
 * @source kubernetes pkg/controller/nodeipam/ipam/cidrset/cidr_set.go
 */
import { parseIPv4 } from '#engine/api/names';

export interface CidrSet {
  /** First address of the range, as a number. */
  readonly base: number;
  /** Length of a block's network mask, bits. */
  readonly blockMask: number;
  /** How many blocks there are. */
  readonly count: number;
}

/** @param range - an IPv4 range such as `10.244.0.0/16`, known to be well-formed */
export function cidrSet(range: string, blockMask: number): CidrSet {
  const [address = '', mask = '32'] = range.split('/');
  const [a, b, c, d] = parseIPv4(address) ?? [0, 0, 0, 0];
  return { base: a * 0x1_00_00_00 + b * 0x1_00_00 + c * 0x1_00 + d, blockMask, count: 2 ** (blockMask - Number(mask)) };
}

/** The block of this number, e.g. `10.244.3.0/24`. */
export function blockAt({ base, blockMask }: CidrSet, index: number): string {
  const address = base + index * 2 ** (32 - blockMask);
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
  return `${bytes.join('.')}/${blockMask}`;
}

/** The number of a block; `null` when it is none of this set. */
export function indexOf(set: CidrSet, block: string): number | null {
  const [address = '', mask = ''] = block.split('/');
  const bytes = parseIPv4(address);
  if (bytes === undefined || Number(mask) !== set.blockMask) return null;
  const [a, b, c, d] = bytes;
  const index = (a * 0x1_00_00_00 + b * 0x1_00_00 + c * 0x1_00 + d - set.base) / 2 ** (32 - set.blockMask);
  return Number.isInteger(index) && index >= 0 && index < set.count ? index : null;
}

/** The next free block after the last one given, around the end of the range; `null` when all are taken. */
export function nextFree({ count }: CidrSet, taken: ReadonlySet<number>, after: number): number | null {
  if (taken.size >= count) return null;
  for (let step = 1; step <= count; step += 1) {
    const index = (after + step) % count;
    if (!taken.has(index)) return index;
  }
  return null;
}
