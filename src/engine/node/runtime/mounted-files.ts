/**
 * What a container sees of its files: its own layer, and over it the directories of the machine that are mounted into it.
 * What is written there lies on the machine's disk, for whoever mounts the same directory, and stays when the container goes.
 */
import type { Context, Disk } from '#engine/kernel/process';
import type { Mount } from './cri';

/** A map of paths to contents, valid while a message is handled. */
export class MountedFiles extends Map<string, string> {
  readonly #own: Map<string, string>;
  readonly #mounts: readonly Mount[];
  readonly #disk: Disk;

  constructor(own: Map<string, string>, mounts: readonly Mount[], ctx: Context) {
    super();
    this.#own = own;
    this.#mounts = mounts.toSorted((a, b) => b.path.length - a.path.length);
    this.#disk = ctx.disk;
  }

  /** The file of the disk that a path leads to; null: it is in the container's own layer. */
  #fileAt(path: string): string | null {
    if (this.#own.has(path)) return null;
    const mount = this.#mounts.find((each) => path === each.path || path.startsWith(`${each.path}/`));
    if (mount === undefined || (path === mount.path && !this.#isFile(mount))) return null;
    return mount.source + path.slice(mount.path.length);
  }

  /** A file of the machine is mounted, not a directory. */
  #isFile({ source }: Mount): boolean {
    return this.#disk.read(source).length > 0;
  }

  #read(file: string): string | undefined {
    const [text] = this.#disk.read(file);
    return typeof text === 'string' ? text : undefined;
  }

  override get(path: string): string | undefined {
    const file = this.#fileAt(path);
    return file === null ? this.#own.get(path) : this.#read(file);
  }

  override has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  override set(path: string, text: string): this {
    const file = this.#fileAt(path);
    if (file === null) this.#own.set(path, text);
    else {
      this.#disk.replace(file, [text], text.length);
      this.#disk.sync(file, { type: 'runtime/stored' });
    }
    return this;
  }

  override delete(path: string): boolean {
    const file = this.#fileAt(path);
    if (file === null) return this.#own.delete(path);
    const was = this.#read(file) !== undefined;
    this.#disk.remove(file);
    return was;
  }

  #all(): Map<string, string> {
    const all = new Map(this.#own);
    for (const mount of this.#mounts) {
      const { path, source } = mount;
      all.set(this.#isFile(mount) ? path : `${path}/`, this.#read(source) ?? '');
      for (const file of this.#disk.files(`${source}/`)) {
        const text = this.#read(file);
        const seen = path + file.slice(source.length);
        if (text !== undefined && !all.has(seen) && this.#fileAt(seen) === file) all.set(seen, text);
      }
    }
    return all;
  }

  override get size(): number {
    return this.#all().size;
  }
  override keys() {
    return this.#all().keys();
  }
  override values() {
    return this.#all().values();
  }
  override entries() {
    return this.#all().entries();
  }
  override [Symbol.iterator]() {
    return this.#all()[Symbol.iterator]();
  }
  override forEach(call: (text: string, path: string, map: Map<string, string>) => void): void {
    for (const [path, text] of this.#all()) call(text, path, this);
  }
}
