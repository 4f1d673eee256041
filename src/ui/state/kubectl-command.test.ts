import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createScriptedLink } from '../testing/scripted-link';
import { type Commands, createCommands } from './commands';
import { kubectl } from './kubectl-command';
import { createUiStore } from './store';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const pod = (namespace: string, name: string) => ({ kind: 'Pod', namespace, name });

it.each([
  [kubectl.scale(web, 3), 'kubectl scale deployment/web --replicas=3 -n shop'],
  [kubectl.remove({ ...web, kind: 'Pod', namespace: 'default' }), 'kubectl delete pod/web'],
  [
    kubectl.removeAll([pod('shop', 'a'), pod('default', 'b'), pod('shop', 'c')]),
    'kubectl delete pod/a pod/c -n shop; kubectl delete pod/b',
  ],
  [kubectl.describe({ kind: 'Machine', namespace: '', name: 'node-1' }), 'kubectl describe node/node-1'],
  [kubectl.yaml(web), 'kubectl get deployment/web -o yaml -n shop'],
  [kubectl.events(web), 'kubectl events --for deployment/web -n shop'],
  [kubectl.logs(pod('shop', 'a'), 'app', true), 'kubectl logs a -c app -f -n shop'],
  [kubectl.logs(pod('default', 'a'), 'app', false), 'kubectl logs a -c app'],
  [kubectl.cordon('node-1', false), 'kubectl uncordon node-1'],
  [kubectl.cordon("it's", true), "kubectl cordon 'it'\\''s'"],
  [kubectl.cordonAll(['node-1', 'node-2'], true), 'kubectl cordon node-1 node-2'],
  [kubectl.node('node-1', true)[0]!, 'kubectl uncordon node-1'],
  [kubectl.node('node-1', false)[1]!, 'kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data'],
  [kubectl.node('node-1', false)[2]!, 'kubectl delete node node-1'],
  [kubectl.apply('a: 1\nEOF\n'), "kubectl apply -f - <<'EOFF'\na: 1\nEOF\nEOFF"],
  [kubectl.diff('a: 1\n'), "kubectl diff -f - <<'EOF'\na: 1\nEOF"],
])('%s', (made, command) => expect(made).toBe(command));

type Deed = Exclude<keyof Commands, 'link'>;

/** All that a hand can do, and what of kubectl does the same. */
const DEEDS: Readonly<Record<Deed, readonly (keyof typeof kubectl)[] | 'beyond kubectl'>> = {
  apply: ['apply'],
  cordon: ['cordon', 'cordonAll', 'node'],
  remove: ['remove', 'removeAll'],
  removeMachine: ['node', 'deleteNodes'],
  scale: ['scale'],
  addControlPlane: 'beyond kubectl', // kubeadm join
  addMachine: 'beyond kubectl', // kubeadm join
  cutCable: 'beyond kubectl',
  heal: 'beyond kubectl',
  inject: 'beyond kubectl',
  killProcess: 'beyond kubectl',
  part: 'beyond kubectl',
  plugCable: 'beyond kubectl',
  powerOff: 'beyond kubectl',
  powerOn: 'beyond kubectl',
  reboot: 'beyond kubectl',
  setMachineFault: 'beyond kubectl',
  wipeEtcd: 'beyond kubectl',
};

/** Where the command of a file's deed is offered, when that is in another file. */
const OFFERED_IN: Readonly<Record<string, string>> = {
  'inspector/replica-stepper.tsx': 'inspector/workload-summary.tsx',
};

const read = (path: string): string => readFileSync(`src/ui/${path}`, 'utf8');

describe('what a hand does, kubectl can do', () => {
  it('knows of every command of the page whether kubectl does the same', () => {
    const known = Object.keys(
      createCommands(createScriptedLink({ workers: 1, zones: 1, live: false, apps: [] }), createUiStore()),
    );
    expect(Object.keys(DEEDS).sort()).toEqual(known.filter((name) => name !== 'link').sort());
  });

  const sources = readdirSync('src/ui', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.') && path !== 'state/commands.ts');
  const sites = sources.flatMap((path) =>
    [...new Set([...read(path).matchAll(/\bcommands\.(\w+)\(/g)].map(([, name = '']) => name))].flatMap((name) => {
      const does = DEEDS[name as Deed];
      return does === undefined || does === 'beyond kubectl' ? [] : [{ path, name, does }];
    }),
  );

  it('finds the places where things are done', () => {
    expect(new Set(sites.map(({ name }) => name)).size).toBe(5);
  });

  it.each(sites)('$path offers to copy what $name does', ({ path, does }) => {
    const source = read(OFFERED_IN[path] ?? path);
    expect(source).toMatch(/CommandButton|offersCommand|copyCommand/);
    expect(does.some((name) => source.includes(`kubectl.${name}(`))).toBe(true);
  });
});
