/** `kubectl cp`: archives of tar through `exec`. @source kubernetes kubectl/pkg/cmd/cp/{cp,filespec}.go */
import { bytesOf, textOf } from '#engine/api/bytes';
import { ARCHIVE_END, readArchive, writtenEntry } from '#engine/api/archive';
import type { Pod } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { type Doing, Failure, filesIn, now, readFile, writeFile } from '../call/effects';
import { absolutePath } from '../terminal/files';
import type { Command } from './command';
import { defaultContainer, ranIn, type RanIn } from './streams';

interface Place {
  readonly pod: string;
  readonly namespace: string;
  readonly path: string;
}

const NO_SPEC = 'filespec must match the canonical format: [[namespace/]pod:]file/path';

function placeOf(text: string): Place {
  const at = text.indexOf(':');
  if (at === 0) throw failed(NO_SPEC);
  if (at < 0) return { pod: '', namespace: '', path: text };
  const parts = text.slice(0, at).split('/');
  if (parts.length > 2) throw failed(NO_SPEC);
  return { pod: parts.at(-1)!, namespace: parts.length === 2 ? parts[0]! : '', path: text.slice(at + 1) };
}

export const cpCommand: Command = {
  *run(call) {
    const { args } = call.flags;
    if (args.length !== 2) throw failed('source and destination are required');
    const [from, to] = [placeOf(args[0]!), placeOf(args[1]!)];
    if (from.pod !== '' && to.pod !== '') throw failed('one of src or dest must be a local file specification');
    if (from.path === '' || to.path === '') throw failed('filepath can not be empty');
    if (from.pod !== '') return yield* copyFrom(call, from, to.path);
    if (to.pod !== '') return yield* copyTo(call, from.path, to);
    throw failed('one of src or dest must be a remote file specification');
  },
};

const cleaned = (path: string): string => {
  const whole = absolutePath(path, '/');
  return path.startsWith('/') ? whole : whole.slice(1) || '.';
};
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string): string => {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
};

/** Runs a command in the container that is meant. */
function* inPod(
  call: Call,
  { pod: name, namespace }: Place,
  command: readonly string[],
  how: { readonly input?: string; readonly silent?: boolean },
): Doing<RanIn> {
  const path = `/api/v1/namespaces/${namespace || call.namespace}/pods/${name}`;
  const pod = yield* want<Pod>(call, { method: 'GET', path });
  const phase = pod.status?.phase ?? '';
  if (phase === 'Succeeded' || phase === 'Failed')
    throw failed(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  const container = call.flags.text('container') || defaultContainer(call, pod, how.silent === true);
  return yield* ranIn(call, pod, { container, command, ...how });
}

const endOf = ({ code, failure }: RanIn): number => {
  if (failure !== '') throw new Failure(failure, code === 0 ? 1 : code);
  return code;
};

function* copyTo(call: Call, from: string, to: Place): Doing<number> {
  const files = yield* localFiles(from);
  if (files.length === 0) throw failed(`${from} doesn't exist in local filesystem`);
  let path = cleaned(to.path);
  try {
    const looked = yield* inPod(call, to, ['test', '-d', path], { silent: true });
    if (looked.code === 0 && looked.failure === '') path = `${path === '/' ? '' : path}/${baseOf(cleaned(from))}`;
  } catch (error) {
    // What is wrong is told when the copy itself is tried.
    if (!(error instanceof Failure)) throw error;
  }
  const seconds = Math.floor((yield* now()) / 1_000_000);
  const archive = files
    .map(({ below, text }) => {
      const name = below === '' ? baseOf(path) : `${baseOf(path)}/${below}`;
      return writtenEntry({ name, directory: false, content: bytesOf(text) }, seconds);
    })
    .join('');
  const preserving = call.flags.on('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  const command = ['tar', ...preserving, '-xmf', '-', '-C', folderOf(path)];
  return endOf(yield* inPod(call, to, command, { input: archive + ARCHIVE_END }));
}

interface LocalFile {
  /** Its path below what is copied; empty: it is that itself. */
  readonly below: string;
  readonly text: string;
}

function* localFiles(path: string): Doing<readonly LocalFile[]> {
  const text = yield* readFile(path);
  if (text !== null) return [{ below: '', text }];
  const found: LocalFile[] = [];
  for (const below of yield* filesIn(path)) {
    const content = yield* readFile(`${path.replace(/\/$/, '')}/${below}`);
    found.push({ below, text: content ?? '' });
  }
  return found;
}

function* copyFrom(call: Call, from: Place, to: string): Doing<number> {
  const ran = yield* inPod(call, from, ['tar', 'cf', '-', from.path], {});
  // What its tar complains about comes beside the archive.
  if (ran.err !== '') call.kubectl.out(ran.err);
  const prefix = cleaned(from.path)
    .replace(/^\/+/, '')
    .replace(/^(?:\.\.\/)+/, '');
  for (const { name, directory, content } of readArchive(ran.out).entries) {
    if (!name.startsWith(prefix)) throw failed('tar contents corrupted');
    const rest = name.slice(prefix.length).replace(/^\/+/, '');
    if (directory) continue;
    yield* writeFile(rest === '' ? to : `${to.replace(/\/$/, '')}/${rest}`, textOf(content));
  }
  return endOf(ran);
}
