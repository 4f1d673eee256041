/** The command lines that do what a person did with the mouse. */
import type { Subject } from '#engine/cluster/records';

const SAFE = /^[\w./:=@%+,-]+$/;

/** A word as a shell takes it. */
const word = (text: string): string => (SAFE.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

const inNamespace = (namespace: string): string =>
  namespace === '' || namespace === 'default' ? '' : ` -n ${word(namespace)}`;

/** `pod/web-1`; kinds are typed without capitals. */
const target = ({ kind, name }: Subject): string => `${kind === 'Machine' ? 'node' : kind.toLowerCase()}/${word(name)}`;

export const kubectl = {
  describe: (subject: Subject) => `kubectl describe ${target(subject)}${inNamespace(subject.namespace)}`,
  yaml: (subject: Subject) => `kubectl get ${target(subject)} -o yaml${inNamespace(subject.namespace)}`,
  events: (subject: Subject) => `kubectl events --for ${target(subject)}${inNamespace(subject.namespace)}`,
  remove: (subject: Subject) => `kubectl delete ${target(subject)}${inNamespace(subject.namespace)}`,
  scale: (subject: Subject, replicas: number) =>
    `kubectl scale ${target(subject)} --replicas=${replicas}${inNamespace(subject.namespace)}`,
  /** One command for each namespace. */
  removeAll: (subjects: readonly Subject[]) =>
    [...new Set(subjects.map(({ namespace }) => namespace))]
      .map((namespace) => {
        const targets = subjects.filter((one) => one.namespace === namespace).map(target);
        return `kubectl delete ${targets.join(' ')}${inNamespace(namespace)}`;
      })
      .join('; '),
  cordon: (node: string, unschedulable: boolean) => kubectl.cordonAll([node], unschedulable),
  cordonAll: (nodes: readonly string[], unschedulable: boolean) =>
    `kubectl ${unschedulable ? 'cordon' : 'uncordon'} ${nodes.map(word).join(' ')}`,
  deleteNodes: (nodes: readonly string[]) => `kubectl delete node ${nodes.map(word).join(' ')}`,
  drainAll: (nodes: readonly string[]) =>
    `kubectl drain ${nodes.map(word).join(' ')} --ignore-daemonsets --delete-emptydir-data`,
  logs: ({ namespace, name }: Subject, container: string, follow: boolean) =>
    `kubectl logs ${word(name)} -c ${word(container)}${follow ? ' -f' : ''}${inNamespace(namespace)}`,
  /** What kubectl can do to a node; what befalls the machine itself has no command. */
  node: (node: string, unschedulable: boolean): readonly string[] => [
    kubectl.cordon(node, !unschedulable),
    `kubectl drain ${word(node)} --ignore-daemonsets --delete-emptydir-data`,
    `kubectl delete node ${word(node)}`,
  ],
  apply: (manifest: string) => reading('apply', manifest),
  diff: (manifest: string) => reading('diff', manifest),
};

/** A command that reads a manifest from a here-document. */
function reading(command: string, manifest: string): string {
  const end = endOf(manifest);
  return `kubectl ${command} -f - <<'${end}'\n${manifest.trimEnd()}\n${end}`;
}

/** A line that does not stand in the text: it ends the here-document. */
function endOf(text: string): string {
  const lines = new Set(text.split('\n'));
  let end = 'EOF';
  while (lines.has(end)) end += 'F';
  return end;
}
