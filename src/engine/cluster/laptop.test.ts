/** kubectl and the shell on the laptop, as somebody who types meets them. */
import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { newEngine } from './engine';
import { bootedStory, type Story } from './testing';
import { DEFAULT_CLUSTER } from './topology';

let shared: Story | null = null;
const laptop = (): Story => (shared ??= bootedStory({ recorded: false, nodes: 1 }));

let tickets = 0;
/** Types a line, and waits until it is over. */
function type(
  line: string,
  story = laptop(),
): { readonly code: number; readonly output: string; readonly error: string } {
  const ticket = `line-${++tickets}`;
  story.act({ type: 'shell', session: 'test', ticket, line });
  story.until(line, ({ answers }) => answers.has(ticket), 5 * MINUTE, SECOND / 10);
  const { code, output, error } = story.answers.get(ticket)!;
  return { code, output, error };
}

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.27"}]}
`;

it.each([
  // kubectl/pkg/cmd/util/helpers.go, github.com/spf13/cobra
  ['kubectl gte', 1, 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'],
  ['kubectl get --foo', 1, "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n"],
  ['kubectl get pods -x', 1, "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage.\n"],
  ['kubectl get nonsense', 1, 'error: the server doesn\'t have a resource type "nonsense"\n'],
  ['kubectl get pod none', 1, 'Error from server (NotFound): pods "none" not found\n'],
  ['kubectl get pods', 0, 'No resources found in default namespace.\n'],
  ['kubectl create deployment web', 1, 'error: required flag(s) "image" not set\n'],
  ['kubectl apply -f none.yaml', 1, 'error: the path "none.yaml" does not exist\n'],
  ['kubectl logs none', 1, 'error: error from server (NotFound): pods "none" not found in namespace "default"\n'],
  [
    'kubectl get secrets --as=jane',
    1,
    'Error from server (Forbidden): secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"\n',
  ],
  ['nonsense', 127, 'nonsense: command not found\n'],
  ['kubectl get pods --server-print=false', 1, 'error: --server-print is not supported on this laptop\n'],
  ['kubectl get pods --server=http://localhost:8001', 1, 'error: --server is not supported on this laptop\n'],
  [
    'kubectl scale deployment web --replicas=1 -A',
    1,
    "error: unknown shorthand flag: 'A' in -A\nSee 'kubectl scale --help' for usage.\n",
  ],
  ['kubectl create cm --bogus', 1, "error: unknown flag: --bogus\nSee 'kubectl create configmap --help' for usage.\n"],
  [
    'kubectl config set-cluster other',
    1,
    'error: kubectl config set-cluster is not supported on this laptop, which has one cluster and one user\n',
  ],
  ['kubectl plugin list', 1, 'error: unable to find any kubectl plugins in your PATH\n'],
])('%s ends with %d and says so', (line, code, error) => {
  expect(type(line)).toMatchObject({ code, error });
});

it('helps with every command, by whatever way it is asked', () => {
  const text = type('kubectl label --help').output;
  expect(text).toContain('    --overwrite=false:\n\tMay change what is set already.\n');
  expect(text).toContain('Usage:\n  kubectl label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1');
  for (const line of ['kubectl help label', 'kubectl label -h', 'kubectl help label nonsense'])
    expect(type(line).output).toBe(text);
  expect(type('kubectl').output).toContain('Deploy Commands:\n  rollout         Manage the rollout of a resource\n');
  expect(type('kubectl options').output).toContain("    -n, --namespace='':\n");
  expect(type('kubectl rollout').output).toContain('\n  undo          Undo a previous rollout\n');
  expect(type('kubectl help nonsense')).toMatchObject({ code: 0, output: '' });
});

it('sets variables from a ConfigMap, labels what it exposes, and tells Events as they come', () => {
  type('kubectl create configmap settings --from-literal=log.level=debug --from-literal=other=1');
  type('kubectl create deployment noisy --image=nginx:1.27');
  expect(type('kubectl set env deployment/noisy --from=configmap/settings --keys=log.level --prefix=APP_').output).toBe(
    'deployment.apps/noisy env updated\n',
  );
  expect(type('kubectl get deploy noisy -o kyaml | grep -A6 env:').output).toBe(
    [
      '          env: [{',
      '            name: "APP_LOG_LEVEL",',
      '            valueFrom: {',
      '              configMapKeyRef: {',
      '                key: "log.level",',
      '                name: "settings",',
      '              },',
      '',
    ].join('\n'),
  );
  type('kubectl set env deployment/noisy A=1');
  expect(type('kubectl set env deployment/noisy A=2 --overwrite=false').error).toBe(
    "error: 'A' already has a value (1), and --overwrite is false\n",
  );
  type('kubectl expose deployment noisy --port=80 -l team=a');
  expect(type('kubectl get service noisy -o jsonpath={.metadata.labels}').output).toBe('{"team":"a"}');
  const told = type('kubectl events --for deployment/noisy --watch | head -2').output.split('\n');
  expect(told[0]).toMatch(/^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/);
  expect(told[1]).toMatch(/Normal +ScalingReplicaSet +Deployment\/noisy +Scaled up/);
  expect(type('kubectl logs -f -l app=noisy --max-log-requests=0').error).toMatch(
    /^error: you are attempting to follow \d+ log streams, but maximum allowed concurrency is 0, use --max-log-requests/,
  );
  type('kubectl delete deployment,service noisy; kubectl delete configmap settings');
});

it('applies a file, rolls a Deployment out, prints it, and takes it away', () => {
  expect(type(`cat <<'EOF' > web.yaml\n${WEB}EOF\nkubectl apply -f web.yaml`).output).toBe(
    'deployment.apps/web created\n',
  );
  expect(type('kubectl rollout status deployment/web').output).toMatch(/deployment "web" successfully rolled out\n$/);
  expect(type('kubectl apply -f web.yaml').output).toBe('deployment.apps/web unchanged\n');
  expect(type('kubectl get pods -o name | wc -l').output).toBe('2\n');
  expect(type("kubectl get deploy web -o jsonpath='{.spec.replicas} {.status.readyReplicas}'").output).toBe('2 2');
  expect(type('kubectl describe deployment web').output).toContain(
    '\nReplicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable\n',
  );
  expect(type('kubectl wait --for=condition=Available deployment/web && echo done').output).toBe(
    'deployment.apps/web condition met\ndone\n',
  );
  expect(type('kubectl delete -f web.yaml').output).toBe('deployment.apps "web" deleted from default namespace\n');
});

it.each([
  // POSIX sed
  [String.raw`sed 's/b/[&]/g'`, 'a[b]c\na[b][b]\n'],
  [String.raw`sed -n '/bb/p'`, 'abb\n'],
  ['sed 2d', 'abc\n'],
  [String.raw`sed '$s/a/x/;1i top'`, 'top\nabc\nxbb\n'],
  [String.raw`sed -E 's/(b|c)+/-/2'`, 'abc\nabb\n'],
  [String.raw`sed '1,/bb/s/^/> /'`, '> abc\n> abb\n'],
])('%s changes lines', (line, output) => {
  expect(type(`printf 'abc\\nabb\\n' | ${line}`)).toEqual({ code: 0, output, error: '' });
});

it('edits an object with the editor that is named, and says when what was saved is no good', () => {
  type('kubectl create configmap edited --from-literal=color=blue');
  const edit = (script: string) => type(`KUBE_EDITOR='sed -i ${script}' kubectl edit configmap edited`);
  expect(edit('s/blue/red/')).toEqual({ code: 0, output: 'configmap/edited edited\n', error: '' });
  expect(type("kubectl get configmap edited -o jsonpath='{.data}'").output).toBe('{"color":"red"}');
  expect(edit('s/blue/red/').error).toBe('Edit cancelled, no changes made.\n');
  expect(edit('d').error).toBe('Edit cancelled, saved file was empty.\n');
  expect(edit('s/uid:.*/immutable:.maybe/').error).toMatch(
    /^error: configmaps "edited" is invalid\nA copy of your changes has been stored to "\/tmp\/kubectl-edit-\d+\.yaml"\nerror: Edit cancelled, no valid changes were saved\.\n$/,
  );
  expect(edit('s/ConfigMap/Secret/').error).toMatch(
    /\nerror: At least one of apiVersion, kind and name was changed\n$/,
  );
});

it('asks the window for its editor, and goes on when that is closed', () => {
  const story = laptop();
  type('kubectl create configmap shown --from-literal=a=b');
  story.act({ type: 'shell', session: 'window', ticket: 'open', line: 'kubectl edit configmap shown', columns: 80 });
  story.run(SECOND);
  const asked = story.engine.observe(null).printed.find(({ edits }) => edits !== undefined)!;
  expect(asked.edits).toMatch(/^\/tmp\/kubectl-edit-/);
  story.act({ type: 'shell-input', session: 'window', edited: asked.text.replace('a: b', 'a: c') });
  story.run(SECOND);
  expect(story.answers.get('open')).toMatchObject({ code: 0, output: 'configmap/shown edited\n' });
  type('kubectl delete configmap shown edited');
});

it('keeps what a pipe writes to a file', () => {
  expect(type('seq 2 | cat > pages.txt && cat pages.txt').output).toBe('1\n2\n');
});

it('shows a page at a time what is given to less in a window, until it is left; without a window all at once', () => {
  const story = laptop();
  expect(type('seq 3 | less && echo $?').output).toBe('1\n2\n3\n0\n');
  expect(type('less missing')).toMatchObject({ code: 1, error: 'less: missing: No such file or directory\n' });
  story.act({ type: 'shell', session: 'window', ticket: 'less', line: 'seq 3 | less && echo left', columns: 80 });
  story.run(SECOND);
  const shown = story.engine.observe(null).printed.filter(({ ticket }) => ticket === 'less');
  expect(shown).toEqual([expect.objectContaining({ pages: true, text: '1\n2\n3\n', stream: 1 })]);
  expect(story.answers.has('less')).toBe(false);
  story.act({ type: 'shell-input', session: 'window', edited: null });
  story.run(SECOND);
  expect(story.answers.get('less')).toMatchObject({ code: 0, output: 'left\n' });
  story.act({ type: 'shell', session: 'window', ticket: 'file', line: 'seq 2 | less > pages.txt', columns: 80 });
  story.run(SECOND);
  expect(type('cat pages.txt').output).toBe('1\n2\n');
});

it('watches until Ctrl-C, and is found again after the run was restored in between', () => {
  const story = laptop();
  story.act({ type: 'shell', session: 'watch', ticket: 'watched', line: 'kubectl get configmaps -w' });
  story.run(SECOND);
  const restored = newEngine({ seed: 1, cluster: { ...DEFAULT_CLUSTER, nodes: 1 } });
  restored.restore(structuredClone(story.engine.save()));
  type('kubectl create configmap seen --from-literal=a=b');
  story.run(SECOND);
  story.act({ type: 'shell-input', session: 'watch', interrupt: true });
  story.run(SECOND);
  const { code, output } = story.answers.get('watched')!;
  expect(code).toBe(130);
  expect(output).toMatch(/^NAME +DATA +AGE\nkube-root-ca\.crt +1 +\d+s\nseen +1 +0s\n$/);
  restored.input({ type: 'shell', session: 'other', ticket: 'again', line: 'kubectl create configmap seen' });
  restored.run(restored.now + SECOND, { events: 1_000_000 });
  const { printed } = restored.observe(null);
  expect(printed.filter(({ ticket }) => ticket === 'watched').map(({ text }) => text.split(' ')[0])).toContain('seen');
});

it('says that nobody listens while there is no API server, and works again when there is', () => {
  const story = laptop();
  // Its kubelet brings it back at once, the second time after ten seconds.
  for (const wait of [5 * SECOND, 2 * SECOND]) {
    story.fault({ type: 'kill-process', process: 'control-plane-1/kube-apiserver' });
    story.run(wait);
  }
  expect(type('kubectl get pods')).toEqual({
    code: 1,
    output: '',
    error: 'The connection to the server control-plane-1:6443 was refused - did you specify the right host or port?\n',
  });
  story.run(MINUTE);
  expect(type('kubectl get nodes').code).toBe(0);
});

it('says what the real one says when the cable is cut', () => {
  const story = laptop();
  const fault = story.fault({ type: 'cut-cable', machine: 'laptop' });
  expect(type('kubectl get pods')).toMatchObject({
    code: 1,
    error: 'Unable to connect to the server: dial tcp control-plane-1:6443: i/o timeout\n',
  });
  story.heal(fault);
});
