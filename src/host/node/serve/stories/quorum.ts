/**
 * What kubectl says while two of three control planes are without power. The API server that is left is restarted by its kubelet again
 * and again, as its liveness probe asks etcd for a read that nobody can confirm.
 */
import { run, type Happening, type StorySet } from '../story';

const powerOff = (machine: string): Happening => ({
  words: `${machine} loses its power`,
  method: 'POST',
  path: 'faults',
  body: { type: 'power-off', machine, id: machine },
  action: { type: 'fault', id: machine, fault: { type: 'power-off', machine } },
});

const powerOn = (machine: string): Happening => ({
  words: `${machine} gets it back`,
  method: 'DELETE',
  path: `faults/${machine}`,
  action: { type: 'heal', id: machine },
});

export const QUORUM: StorySet = {
  nodes: 1,
  zones: 1,
  controlPlanes: 3,
  files: {},
  stories: {
    quorum: [
      '+20s',
      run('get nodes -o name'),
      run('create configmap acknowledged'),
      powerOff('control-plane-1'),
      powerOff('control-plane-2'),
      '+5s',
      run('create configmap late'),
      run('get --raw /readyz?verbose'),
      run('get --raw /livez/ping'),
      run('get --raw /livez/etcd'),
      run("get --raw '/livez?exclude=etcd&exclude=shutdown&verbose'"),
      run('get pods'),
      '+50s',
      run('get --raw /readyz'),
      run('get --raw /api/v1/nodes'),
      run('create configmap late'),
      '+1m57s',
      run('create configmap late'),
      powerOn('control-plane-1'),
      '+6m',
      run('get --raw /readyz'),
      run('get configmaps'),
      run('create configmap late'),
      run(
        'get pods -n kube-system -l component=kube-apiserver --field-selector spec.nodeName=control-plane-3 -o jsonpath={.items[0].status.containerStatuses[0].lastState.terminated}',
      ),
    ],
  },
};
