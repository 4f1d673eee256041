/** A machine and its Node: truth, belief, pods, processes, and what can be done to it. */
import { Button } from '@mantine/core';
import { CommandButton } from '../shell/command-button';
import { useCommands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import { podsOn } from '../state/mirror';
import { useUi } from '../state/store';
import { machineCountdown } from '../stage/machine-head';
import { machineStatus } from '../stage/machine-status';
import { formatAge, formatBytes, formatCpu, formatVirtualTime } from '../text/virtual-time';
import { useText } from '../text/text';
import { Conditions } from './conditions';
import { Facts } from './facts';
import { Labels } from './labels';
import { PodList } from './pod-list';
import { SubjectLink } from './subject-link';

export function MachineSummary({ name }: { name: string }) {
  const text = useText();
  const commands = useCommands();
  const machine = useUi((state) => state.mirror.machines.get(name));
  const node = useUi((state) => state.mirror.nodes.get(name));
  const pods = useUi((state) => podsOn(state.mirror, name));
  const beat = useUi((state) =>
    node && node.lastHeartbeat !== null
      ? text.machine.heartbeatAgo(
          formatVirtualTime(node.lastHeartbeat),
          formatAge(state.mirror.now - node.lastHeartbeat),
        )
      : null,
  );
  const clock = useUi((state) => {
    const countdown = machineCountdown(state.mirror, name);
    return countdown ? text.countdown(countdown, state.mirror.now) : null;
  });
  if (!machine && !node) return <p className="quiet">{text.inspector.gone}</p>;
  const status = machineStatus(machine, node, text);
  const off = machine?.power === 'off';
  const cut = machine !== undefined && !(machine.cable.in && machine.cable.out);
  const { requested, allocatable } = node ?? {};

  return (
    <>
      <p className="callout" data-disagrees={status.disagrees}>
        {status.words}
      </p>
      {clock === null ? null : <p className="callout callout-clock">{clock}</p>}
      <div className="actions">
        {off ? (
          <Button size="xs" variant="default" onClick={() => commands.powerOn(name)}>
            {text.machine.powerOn}
          </Button>
        ) : (
          <Button size="xs" variant="default" className="destroys" onClick={() => commands.powerOff(name)}>
            {text.machine.powerOff}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => (cut ? commands.plugCable(name) : commands.cutCable(name))}>
          {cut ? text.machine.plugCable : text.machine.cutCable}
        </Button>
        {node ? (
          <Button size="xs" variant="default" onClick={() => commands.cordon(name, !node.unschedulable)}>
            {node.unschedulable ? text.machine.uncordon : text.machine.cordon}
          </Button>
        ) : null}
        {node ? <CommandButton command={() => kubectl.cordon(name, !node.unschedulable)} /> : null}
      </div>
      <Facts
        rows={[
          [text.machine.lastHeartbeat, beat],
          [text.machine.roles, node?.roles.join(', ')],
          [text.machine.zone, machine?.zone],
          [text.machine.internalIP, node?.internalIP],
          [text.machine.podCIDR, node?.podCIDR],
          [
            text.machine.cpu,
            requested && allocatable ? `${formatCpu(requested.milliCpu)} / ${formatCpu(allocatable.milliCpu)}` : null,
          ],
          [
            text.machine.memory,
            requested && allocatable ? `${formatBytes(requested.memory)} / ${formatBytes(allocatable.memory)}` : null,
          ],
          [text.machine.pods, requested && allocatable ? `${requested.pods} / ${allocatable.pods}` : null],
          [text.machine.taints, node?.taints.map(({ key, effect }) => `${key}:${effect}`).join(', ')],
        ]}
      />
      <h3>{text.machine.podsTitle(pods.length)}</h3>
      <PodList pods={pods} />
      <Conditions conditions={node?.conditions ?? []} />
      <h3>{text.machine.processes}</h3>
      <ul className="pod-list">
        {machine?.processes.map((process) => (
          <li key={process.id}>
            <span className="led" data-led={process.state === 'running' ? 'ok' : 'off'} aria-hidden="true" />
            <SubjectLink subject={{ kind: 'Process', namespace: '', name: process.id }}>{process.name}</SubjectLink>
            <span className="quiet">{text.process.state[process.state]}</span>
          </li>
        ))}
      </ul>
      <Labels labels={node?.labels ?? {}} />
    </>
  );
}
