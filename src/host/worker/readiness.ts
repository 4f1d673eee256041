/** Whether a cluster has come up: all its nodes Ready, and the pods of what was applied at the start Running. */
import type { ClusterSpec, Frame } from '#engine/cluster/door';

export class Readiness {
  readonly #nodes: number;
  readonly #wantsPods: boolean;
  readonly #unready = new Set<string>();
  readonly #ready = new Set<string>();
  readonly #pods = new Map<string, boolean>();

  constructor(spec: ClusterSpec) {
    this.#nodes = spec.nodes + spec.controlPlanes;
    this.#wantsPods = spec.manifests.length > 0;
  }

  /** Takes in a frame. @returns whether the cluster is up */
  seen(frame: Frame): boolean {
    for (const record of frame.set) {
      if (record.kind === 'Node') {
        this.#ready.delete(record.uid);
        this.#unready.delete(record.uid);
        (record.ready === 'True' ? this.#ready : this.#unready).add(record.uid);
      } else if (record.kind === 'Pod') this.#pods.set(record.uid, record.ready);
    }
    for (const uid of frame.gone) this.#pods.delete(uid);
    if (this.#ready.size < this.#nodes || this.#unready.size > 0) return false;
    return !this.#wantsPods || (this.#pods.size > 0 && [...this.#pods.values()].every(Boolean));
  }
}
