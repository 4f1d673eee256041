/**
 * The control plane's own programs: a container of one of their images, on the host's network, is a process of the
 * simulation, started with what its flags say. Elsewhere the images are ordinary ones. Which there are is said by the
 * composition root (`cluster/components.ts`): a node knows nothing of etcd or schedulers.
 */
import type { ApiResponse } from '#engine/apiserver/wire';
import type { HealthzAnswer } from '#engine/client/healthz';
import type { Message, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';

/** Flags of a command line by name, without dashes; of one that is given again the last. */
export type Flags = ReadonlyMap<string, string>;

/** Where a program runs. */
export interface Host {
  readonly machine: string;
  /** The first record of a file of the machine's disk. */
  readonly file: (path: string) => unknown;
  /** Files that are mounted into its container, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** The processes behind a name of the network. */
  readonly lookUp: (name: string) => readonly ProcessId[];
}

export interface Component {
  /** Its binary, its unit's name on the machine (of a pod with an address of its own: in front of its container's id) and its kind of process. */
  readonly name: string;
  /** Of an add-on, which runs in any pod: its image. Absent: one of the control plane's, which run on the host's network only. */
  readonly repository?: string;
  /** It runs in a pod with an address of its own, too, by the token of its account. */
  readonly inPods?: true;
  /** What it uses at rest: thousandths of a core, bytes. */
  readonly atRest: { readonly milliCpu: number; readonly memory: number };
  /** TCP ports that it listens on; the first serves its health. */
  readonly ports: readonly number[];
  /** What its process is started with; a text: what it says before it ends with 1. */
  readonly args: (flags: Flags, host: Host) => object | string;
  /** What SIGTERM is to it. Absent: it ends at once. */
  readonly stop?: Message;
  /** A line of its log as it stands in its container's; absent: as it is. `now`: the machine's clock. */
  readonly logLine?: (line: string, now: Micros) => string;
  /** What asks it for its health at an HTTP path. */
  readonly probe: (id: number, path: string) => Message;
}

/** What components answer to their probes: the number that the probe carried and an HTTP status code; without one 200. */
export type ProbeAnswer =
  | ApiResponse
  | HealthzAnswer
  | {
      readonly type: 'etcd/progress-answer' | 'etcd/status-answer' | 'etcd/error';
      readonly id: number;
    };

const byName = new Map<string, Component>();
const byImage = new Map<string, Component>();

/** Makes components known, once, when the code is loaded. */
export function provideComponents(components: readonly Component[]): void {
  for (const component of components)
    if (component.repository === undefined) byName.set(component.name, component);
    else byImage.set(component.repository, component);
}

/** The component that an image, or for images of the project's own a command line, starts. */
export const componentOf = (repository: string, argv: readonly string[]): Component | undefined =>
  repository.startsWith('registry.k8s.io/') ? (byImage.get(repository) ?? byName.get(binaryOf(argv))) : undefined;

/** Whether a command line starts what reads the token of its account. */
export const readsToken = (argv: readonly string[]): boolean => byName.get(binaryOf(argv))?.inPods === true;

const binaryOf = ([path = '']: readonly string[]): string => path.slice(path.lastIndexOf('/') + 1);

/** `--name=value` and `--name value`. */
export function flagsOf(argv: readonly string[]): Flags {
  const flags = new Map<string, string>();
  for (const [index, arg] of argv.entries()) {
    if (!arg.startsWith('-')) continue;
    const name = arg.replace(/^--?/, '');
    const equals = name.indexOf('=');
    if (equals >= 0) flags.set(name.slice(0, equals), name.slice(equals + 1));
    else flags.set(name, argv[index + 1]?.startsWith('-') === false ? argv[index + 1]! : 'true');
  }
  return flags;
}
