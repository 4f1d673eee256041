/** Where stories are told to the real kubectl: the frame of the `kubectl-*.test.ts`. */
import { reach, STORIES_BEGIN, type StorySet, told } from './story';
import { apiModels, kubectlBinaries, RealKubectl, served, type Served } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);

/** A cluster of a set's own, and the newest kubectl on PATH. */
export class Stage {
  readonly absent = newest === null;
  readonly why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';
  readonly set: StorySet;
  #cluster: Served | null = null;
  #kubectl: RealKubectl | null = null;

  constructor(set: StorySet) {
    this.set = set;
  }

  get names(): readonly string[] {
    return Object.keys(this.set.stories);
  }
  /** Between `begin` and `end`. */
  get cluster(): Served {
    return this.#cluster!;
  }
  get kubectl(): RealKubectl {
    return this.#kubectl!;
  }

  async begin(): Promise<void> {
    const { nodes, zones, files, controlPlanes = 1, addons = [] } = this.set;
    const topology = { nodes: String(nodes), zones: String(zones), 'control-planes': String(controlPlanes) };
    const options = addons.length === 0 ? topology : { ...topology, addons: addons.join(',') };
    this.#cluster = await served(options, true, await apiModels());
    await reach(this.#cluster.url, STORIES_BEGIN);
    this.#kubectl = new RealKubectl(newest ?? '', this.#cluster.kubeconfig);
    this.#kubectl.write(files);
  }

  async end(): Promise<void> {
    this.#kubectl?.remove();
    await this.#cluster?.stop();
  }

  /** @returns the transcript of a story */
  tell(name: string): Promise<string> {
    return told(this.cluster, this.kubectl, this.set.stories[name]!);
  }
}
