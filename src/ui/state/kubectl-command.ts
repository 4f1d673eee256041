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
  cordon: (node: string, unschedulable: boolean) => `kubectl ${unschedulable ? 'cordon' : 'uncordon'} ${word(node)}`,
  /** What kubectl can do to a node; what befalls the machine itself has no command. */
  node: (node: string, unschedulable: boolean): readonly string[] => [
    kubectl.cordon(node, !unschedulable),
    `kubectl drain ${word(node)} --ignore-daemonsets --delete-emptydir-data`,
    `kubectl delete node ${word(node)}`,
  ],
  apply: (manifest: string) => {
    const end = endOf(manifest);
    return `kubectl apply -f - <<'${end}'\n${manifest.trimEnd()}\n${end}`;
  },
};

/** A line that does not stand in the text: it ends the here-document. */
function endOf(text: string): string {
  const lines = new Set(text.split('\n'));
  let end = 'EOF';
  while (lines.has(end)) end += 'F';
  return end;
}
