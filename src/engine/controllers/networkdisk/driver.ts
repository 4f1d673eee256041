/** The driver's name, and what it remembers. */
import type { Micros } from '#engine/kernel/time';

export const DRIVER = 'pd.csi.kubarium.dev';

/** What the cloud was asked for. */
interface Operation {
  readonly what: 'attach' | 'detach';
  readonly since: Micros;
}

/** By VolumeAttachment. */
export type DiskMemory = Readonly<Record<string, Operation>>;
