/**
 * The past of a run and its branches. An engine stands on one track: in its present, where what a person does is recorded,
 * or in its past, where the recorded inputs happen again and nobody may act. A moment is had by restoring the checkpoint
 * before it and running on; whoever holds the engine runs it. Pure, as the engine is.
 */
import type { Micros } from '#engine/kernel/time';
import type { Engine, RecordedInput, SavedEngine } from '../door';
import { Ladder, type Rung } from './ladder';

/** Where a track left another. */
interface Fork {
  readonly track: number;
  readonly at: Micros;
  /** Number of the first event that is the new track's own. */
  readonly event: number;
}

/** One way in which the run went. */
export interface Track {
  readonly id: number;
  readonly name: string;
  readonly parent: Fork | null;
  /** How far it has come. */
  readonly end: Micros;
  /** All that was done on it, what it has from its parent included. */
  readonly inputs: readonly RecordedInput[];
}

interface KeptTrack extends Track {
  readonly ladder: Ladder;
  /** Its present, while the engine stands elsewhere; null for one that was kept as its inputs alone. */
  readonly present: SavedEngine | null;
  /** The number of the event that is next in its present; 0: not known. */
  readonly endEvent: number;
}

/** The tracks as a value that may be kept for long: what was done on them, from which all else comes again. */
export interface KeptTracks {
  readonly current: number;
  readonly nextId: number;
  readonly tracks: readonly Track[];
}

export class History {
  readonly #engine: Engine;
  readonly #fresh: () => Engine;
  readonly #tracks = new Map<number, KeptTrack>();
  #current: number;
  #isPast = false;
  #start: SavedEngine | null = null;
  #nextId: number;

  /**
   * @param engine - as it stands: the present of the first track
   * @param fresh - makes an engine of the same seed and cluster, at virtual time 0
   * @param kept - the tracks as they were when the engine, which stands in the present of the current one, was saved
   */
  constructor(engine: Engine, fresh: () => Engine, name: string, kept: KeptTracks | null = null) {
    this.#engine = engine;
    this.#fresh = fresh;
    this.#current = kept?.current ?? 1;
    this.#nextId = kept?.nextId ?? 2;
    const tracks = kept?.tracks ?? [{ id: 1, name, parent: null, end: 0, inputs: [] }];
    for (const track of tracks)
      this.#tracks.set(track.id, { ...track, ladder: new Ladder(), present: null, endEvent: 0 });
  }

  /** What is to be kept beside the saved present of the current track; null: there is but one. */
  kept(): KeptTracks | null {
    return this.#tracks.size === 1 ? null : { current: this.#current, nextId: this.#nextId, tracks: this.tracks };
  }

  /** True while the engine stands before the end of its track. */
  get isPast(): boolean {
    return this.#isPast;
  }

  get current(): Track {
    return this.#seen(this.#track(this.#current));
  }

  get tracks(): readonly Track[] {
    return [...this.#tracks.values()].map((track) => this.#seen(track));
  }

  /** What all checkpoints weigh, bytes. */
  get bytes(): number {
    return [...this.#tracks.values()].reduce((sum, { ladder }) => sum + ladder.bytes, 0);
  }

  /** Makes a checkpoint of where the engine stands. */
  keep(): void {
    const track = this.#track(this.#current);
    const { saved, bytes } = this.#engine.checkpoint();
    this.#add(track, saved, bytes);
  }

  /** To be asked when the engine has run on. @returns whether a past has just become the present */
  arrives(): boolean {
    const { end, endEvent } = this.#track(this.#current);
    if (!this.#isPast || this.#engine.now < end || this.#engine.nextEvent < endEvent) return false;
    this.#isPast = false;
    return true;
  }

  /**
   * Brings the engine to the last checkpoint before a moment of a track, or leaves it where it stands if that is nearer.
   * It is to be run on to `at` then.
   */
  seek(at: Micros, id = this.#current): void {
    const from = this.#current;
    this.#leave();
    const track = this.#track(id);
    this.#current = id;
    if (at >= track.end && track.present !== null) return this.#toPresent(track.present);
    this.#rewind(track, Math.min(at, track.end), from);
  }

  /** Brings the engine before a moment of a track's past. */
  #rewind(track: KeptTrack, at: Micros, from: number): void {
    const engine = this.#engine;
    const rung = this.#below(track, (candidate) => candidate.at <= at);
    const standsBetween =
      this.#isPast && track.id === from && engine.now <= at && engine.nextEvent >= (rung?.event ?? 0);
    this.#isPast = true;
    if (standsBetween) return;
    engine.restore(rung?.saved ?? this.#atStart());
    engine.expect(track.inputs);
  }

  /** Back to where a track's run has come to. The engine is to be run on to the end of the track, where it may stand already. */
  toPresent(id = this.#current): void {
    const from = this.#current;
    this.#leave();
    this.#current = id;
    const track = this.#track(id);
    if (track.present === null) this.#rewind(track, track.end, from);
    else this.#toPresent(track.present);
  }

  /** From here the run goes another way, on a track of its own: what was done later is not done. @returns its number */
  branch(name: string): number {
    this.#leave();
    const engine = this.#engine;
    engine.expect([]);
    const id = this.#nextId++;
    const parent = { track: this.#current, at: engine.now, event: engine.nextEvent };
    this.#tracks.set(id, {
      id,
      name,
      parent,
      end: engine.now,
      inputs: [],
      ladder: new Ladder(),
      present: null,
      endEvent: 0,
    });
    this.#current = id;
    this.#isPast = false;
    this.keep();
    return id;
  }

  rename(id: number, name: string): void {
    this.#tracks.set(id, { ...this.#track(id), name });
  }

  /** Forgets a track. What left it left its parent instead. @returns false for the first, and for the one that is stood on */
  remove(id: number): boolean {
    const { parent } = this.#track(id);
    if (id === this.#current || parent === null) return false;
    this.#tracks.delete(id);
    for (const [other, track] of this.#tracks) {
      if (track.parent?.track !== id) continue;
      const earlier = track.parent.event < parent.event ? track.parent : parent;
      this.#tracks.set(other, { ...track, parent: { ...earlier, track: parent.track } });
    }
    return true;
  }

  /** Two more engines, one on each track, at the last checkpoint that lies on both; the runs of the tracks are ahead of them. */
  pair(a: number, b: number): readonly [Engine, Engine] {
    const common = this.#commonEvent(a, b);
    const rung = this.#below(this.#track(a), ({ event }) => event <= common);
    return [this.#engineOn(a, rung), this.#engineOn(b, rung)];
  }

  /** Another engine on a track, at its last checkpoint before a moment; the run of the track is ahead of it. */
  engineBefore(at: Micros, id: number): Engine {
    return this.#engineOn(
      id,
      this.#below(this.#track(id), (rung) => rung.at <= at),
    );
  }

  /** Another engine on the current track, at its last checkpoint before an event; the run of the track is ahead of it. */
  engineBeforeEvent(event: number): Engine {
    return this.#engineOn(
      this.#current,
      this.#below(this.#track(this.#current), (rung) => rung.event < event),
    );
  }

  /** Brings the engine to a moment of its track, to the event: where another engine stands that was run there. */
  standWith(other: Engine): void {
    this.#leave();
    this.#isPast = true;
    this.#engine.restore(other.checkpoint().saved);
    this.#engine.expect(this.#track(this.#current).inputs);
  }

  #engineOn(id: number, rung: Rung | null): Engine {
    const engine = this.#fresh();
    if (rung !== null) engine.restore(rung.saved);
    engine.expect(this.#seen(this.#track(id)).inputs);
    return engine;
  }

  /** Number of the first event after what two tracks have in common. */
  #commonEvent(a: number, b: number): number {
    const limits = new Map<number, number>();
    for (const [id, limit] of this.#lineage(a)) limits.set(id, limit);
    for (const [id, limit] of this.#lineage(b)) {
      const other = limits.get(id);
      if (other !== undefined) return Math.min(limit, other);
    }
    return 0;
  }

  /** A track and what it came from, each with the number of the first event that it does not share. */
  *#lineage(id: number): Generator<readonly [id: number, limit: number]> {
    for (let limit = Infinity; ;) {
      yield [id, limit];
      const { parent } = this.#track(id);
      if (parent === null) return;
      limit = Math.min(limit, parent.event);
      id = parent.track;
    }
  }

  #seen(track: KeptTrack): Track {
    const { id, name, parent } = track;
    if (this.#isPast || id !== this.#current) return { id, name, parent, end: track.end, inputs: track.inputs };
    return { id, name, parent, end: this.#engine.now, inputs: [...this.#engine.inputs] };
  }

  /** Remembers the present before the engine goes elsewhere. */
  #leave(): void {
    if (this.#isPast) return;
    const { saved, bytes } = this.#engine.checkpoint();
    const track = this.#track(this.#current);
    const left = { ...track, ...this.#seen(track), present: saved, endEvent: this.#engine.nextEvent };
    this.#tracks.set(left.id, left);
    this.#add(left, saved, bytes);
  }

  #toPresent(present: SavedEngine): void {
    this.#isPast = false;
    this.#engine.restore(present);
  }

  #add(track: KeptTrack, saved: SavedEngine, bytes: number): void {
    const { now, nextEvent } = this.#engine;
    track.ladder.add({ at: now, event: nextEvent, bytes, saved }, Math.max(now, track.end), 1 / this.#tracks.size);
  }

  /** The last checkpoint that lies on a track, its parents' up to where it left them included. */
  #below(track: KeptTrack, holds: (rung: Rung) => boolean): Rung | null {
    for (const [id, limit] of this.#lineage(track.id)) {
      const rung = this.#track(id).ladder.last((candidate) => candidate.event <= limit && holds(candidate));
      if (rung !== null) return rung;
    }
    return null;
  }

  #atStart(): SavedEngine {
    return (this.#start ??= this.#fresh().checkpoint().saved);
  }

  #track(id: number): KeptTrack {
    const track = this.#tracks.get(id);
    if (track === undefined) throw new Error(`there is no track ${id}`);
    return track;
  }
}
