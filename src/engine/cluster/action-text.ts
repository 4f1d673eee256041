/** What somebody did, in a sentence. */
import type { Action } from './door';
import type { Fault } from './records';

export function inputText(action: Action): string {
  switch (action.type) {
    case 'apply':
      return 'You applied a manifest.';
    case 'delete':
      return 'You deleted the objects of a manifest.';
    case 'request':
      return `You sent ${action.method} ${action.path}.`;
    case 'stream-data':
      return 'You sent something on a stream.';
    case 'cancel':
      return 'You no longer waited for an answer.';
    case 'shell':
      return `You typed ${action.line.split('\n', 1)[0]}.`;
    case 'shell-input':
      return action.interrupt === true ? 'You pressed Ctrl-C.' : 'You typed something.';
    case 'file':
      return `You ${action.text === null ? 'removed' : 'wrote'} the file ${action.path}.`;
    case 'etcdctl':
      return `You ran etcdctl ${action.command}.`;
    case 'fault':
      return faultText(action.fault);
    case 'heal':
      return 'You healed a fault.';
    case 'power-on':
      return `You switched ${action.machine} on.`;
    case 'add-machine':
      return action.role === 'control-plane' ? 'You added a control plane.' : 'You added a machine.';
    case 'traffic':
      return `You sent ${action.requestsPerSecond} requests a second to ${action.to.kind} ${action.to.name}.`;
    case 'remove-machine':
      return `You took ${action.machine} away.`;
    case 'configure-scheduler':
      return 'You changed the configuration of the schedulers.';
  }
}

function faultText(fault: Fault): string {
  switch (fault.type) {
    case 'power-off':
      return `You cut the power of ${fault.machine}.`;
    case 'reboot':
      return `You rebooted ${fault.machine}.`;
    case 'kill-process':
      return `You killed ${processOf(fault)}.`;
    case 'pause-process':
      return `You paused ${processOf(fault)}.`;
    case 'cut-cable':
      return `You cut the cable of ${fault.machine}.`;
    case 'partition':
      return `You parted ${fault.from.join(', ')} from ${fault.to.join(', ')}.`;
    case 'latency':
      return `You slowed ${waysOf(fault)} by ${fault.add / 1000} ms.`;
    case 'packet-loss':
      return `You made ${waysOf(fault)} lose ${Math.round(fault.rate * 100)} % of the packets.`;
    case 'clock-skew':
      return `You set the clock of ${fault.machine} ${fault.by / 1_000_000} s ahead.`;
    case 'disk-full':
      return `You filled the disk of ${fault.machine}.`;
    case 'disk-slow':
      return `You made the disk of ${fault.machine} ${fault.times} times as slow.`;
    case 'disk-corrupt':
      return `You corrupted etcd's ${fault.file === 'snap' ? 'snapshot' : 'log'} on the disk of ${fault.machine}.`;
    case 'etcd-wipe':
      return `You deleted etcd's data on the disk of ${fault.machine}.`;
    case 'memory-pressure':
      return `You took memory of ${fault.machine}.`;
    case 'cpu-stress':
      return `You kept the CPU of ${fault.machine} busy.`;
    case 'spot-reclaim':
      return `The cloud gave notice that it takes ${fault.machine} back.`;
    case 'dns-down':
      return 'You switched the name server off.';
    case 'rack-outage':
      return `You switched ${fault.rack} off.`;
    case 'image-registry-down':
      return 'You switched the image registry off.';
    case 'zone-outage':
      return `You switched ${fault.zone} off.`;
  }
}

type OfProcess = Extract<Fault, { type: 'kill-process' | 'pause-process' }>;

const processOf = (fault: OfProcess): string =>
  'process' in fault ? fault.process : `${containerName(fault)} of ${fault.namespace ?? 'default'}/${fault.pod}`;

const containerName = ({ container }: { readonly container?: string }): string =>
  container === undefined ? 'a container' : `container ${container}`;

function waysOf(fault: Extract<Fault, { type: 'latency' | 'packet-loss' }>): string {
  if ('machine' in fault) return `the network of ${fault.machine}`;
  if ('zone' in fault) return `the ways into ${fault.zone} and out of it`;
  return `the ways between ${fault.from.join(', ')} and ${fault.to.join(', ')}`;
}
