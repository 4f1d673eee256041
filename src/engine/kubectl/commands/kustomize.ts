/** `kubectl kustomize`, and `-k`. @source kubernetes kubectl/pkg/cmd/kustomize/kustomize.go; sigs.k8s.io/kustomize kustomize/commands/build/build.go */
import { type Call, failed } from '../call/context';
import { type Doing, Failure, type Kubectl, writeFile } from '../call/effects';
import { build, type Built } from '../kustomize/build';
import { KustomizeProblem } from '../kustomize/resource';
import { yamlText } from '../output/yaml';
import type { Command } from './command';

/** Commands that look for several things at once do not mark what went wrong as an error. */
const UNMARKED = ['kubectl get', 'kubectl describe'];

/** The objects of a kustomization as a text of YAML documents. */
export function* kustomized({ kubectl, command }: Pick<Call, 'kubectl' | 'command'>, folder: string): Doing<string> {
  try {
    return textOf(kubectl, yield* build(folder, kubectl.directory));
  } catch (error) {
    if (!(error instanceof KustomizeProblem)) throw error;
    throw UNMARKED.includes(command) ? new Failure(error.message) : failed(error.message);
  }
}

function textOf(kubectl: Kubectl, { objects, warnings }: Built): string {
  for (const line of warnings) kubectl.err(`${line}\n`);
  return objects.map(yamlText).join('---\n');
}

export const kustomizeCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    if (flags.args.length > 1) throw failed('specify one path to kustomization.yaml');
    const text = yield* kustomized(call, flags.args[0] ?? '.');
    const output = flags.text('output');
    if (output === '') kubectl.out(text);
    else yield* writeFile(output, text);
    return 0;
  },
};
