/** `kubectl __complete WORDS…`: what the scripts of `kubectl completion` ask when somebody presses Tab. @source github.com/spf13/cobra completions.go */
import { builtIn } from '#engine/api/registry';
import type { KubeObject } from '#engine/api/types';
import { type Doing, type Kubectl, request } from '../call/effects';
import { complete, type Knowledge } from './completion';

/** Do not complete names of files where nothing is found. */
const NO_FILES = 4;

/** Completes twice: first to see what has to be asked of the API server, then with its answers. */
export function* completeCommand({ argv, out, err }: Kubectl): Doing<number> {
  const text = ['kubectl', ...argv.slice(1)].join(' ');
  const known = new Map<string, readonly string[]>();
  const missing: { readonly kind: string; readonly namespace: string }[] = [];
  const names = (kind: string, namespace: string): readonly string[] => {
    const found = known.get(`${kind} ${namespace}`);
    if (found === undefined) missing.push({ kind, namespace });
    return found ?? [];
  };
  const knowledge: Knowledge = {
    get namespaces() {
      return names('Namespace', '');
    },
    names,
  };
  complete(text, knowledge);
  for (const { kind, namespace } of missing.splice(0))
    known.set(`${kind} ${namespace}`, yield* namesOf(kind, namespace));
  const { from, candidates } = complete(text, knowledge);
  const word = argv.at(-1) ?? '';
  const before = word.slice(0, word.length - (text.length - from));
  out(`${candidates.map((one) => `${before}${one}\n`).join('')}:${NO_FILES}\n`);
  err('Completion ended with directive: ShellCompDirectiveNoFileComp\n');
  return 0;
}

/** Names of a kind's objects; none when the server does not tell. */
function* namesOf(kind: string, namespace: string): Doing<readonly string[]> {
  const info = builtIn.all.find((one) => one.kind === kind);
  if (info === undefined) return [];
  const root = info.apiVersion.includes('/') ? `/apis/${info.apiVersion}` : `/api/${info.apiVersion}`;
  const path = `${root}${namespace === '' ? '' : `/namespaces/${namespace}`}/${info.resource}`;
  const { ok, body } = yield* request({ method: 'GET', path });
  return ok ? (body as { readonly items: readonly KubeObject[] }).items.map(({ metadata }) => metadata.name) : [];
}
