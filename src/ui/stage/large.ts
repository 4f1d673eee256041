/** What the stage has to know of large clusters before the code comes that paints them (`far/`). */

/** From so many workers on, a cluster is painted when it is far. */
export const LARGE_FROM = 25;
/** Up to so many workers, each has an element also when it is painted: for keys, screen readers and tools. */
export const MOST_FAR_ELEMENTS = 200;

/** How the camera sees a large cluster. */
export interface Seen {
  /** From so far that zones and control planes are painted, too. */
  readonly far: boolean;
  /** Workers that are elements of the page; the others are painted. */
  readonly elements: ReadonlySet<string>;
  /** What has come of the rest: kinds of the stage's nodes, and `wires`. */
  readonly parts: ReadonlySet<string>;
}

export const SEEN_FROM_FAR: Seen = { far: true, elements: new Set(), parts: new Set() };
