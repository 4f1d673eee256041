/** The pods of one machine: those that the API has bound to it, those that run on although the API has let them go, and ghosts. */
import { memo, useMemo } from 'react';
import type { MachineRecord, SandboxRecord } from '#engine/cluster/records';
import { ChipGroup } from '../chips/chip-group';
import { hueClass } from '../chips/hue';
import { PodChip } from '../chips/pod-chip';
import { ghostsOn, objectByUid, podsOn, type Ghost } from '../state/mirror';
import { useUi } from '../state/store';
import { isAsSaid } from '../state/truth';
import { useText } from '../text/text';

const NO_SANDBOXES: readonly SandboxRecord[] = [];

const GhostChip = memo(function GhostChip({ ghost }: { ghost: Ghost }) {
  const text = useText();
  const hue = useUi((state) => state.mirror.hues.get(ghost.app));
  return (
    <span className={`chip ghost ${hueClass(ghost.app, hue)}`} role="img" aria-label={text.pod.ghost(ghost)}>
      <svg viewBox="0 0 20 20" className="chip-shape" aria-hidden="true">
        <rect x="2" y="2" width="16" height="16" rx="5" className="ghost-outline" />
      </svg>
    </span>
  );
});

const OrphanChip = memo(function OrphanChip({ sandbox }: { sandbox: SandboxRecord }) {
  const text = useText();
  const label = text.pod.orphan(sandbox);
  return (
    <span className="chip orphan" role="img" aria-label={label} title={label}>
      <svg viewBox="0 0 20 20" className="chip-shape" aria-hidden="true">
        <rect x="2" y="2" width="16" height="16" rx="5" className="orphan-outline" />
        <circle cx="10" cy="10" r="3" fill="currentColor" />
      </svg>
    </span>
  );
});

interface PodGridProps {
  readonly name: string;
  readonly machine: MachineRecord | undefined;
}

export const PodGrid = memo(function PodGrid({ name, machine }: PodGridProps) {
  const text = useText();
  const pods = useUi((state) => podsOn(state.mirror, name));
  const ghosts = useUi((state) => ghostsOn(state.mirror, name));
  const sandboxes = machine?.sandboxes ?? NO_SANDBOXES;
  const existing = useMemo(() => new Map(sandboxes.map((sandbox) => [sandbox.podUid, sandbox])), [sandboxes]);
  const orphans = useUi((state) => {
    const names = sandboxes.filter((sandbox) => objectByUid(state.mirror, sandbox.podUid) === undefined);
    return names.map((sandbox) => sandbox.podUid).join(' ');
  });
  const orphaned = orphans === '' ? NO_SANDBOXES : sandboxes.filter(({ podUid }) => orphans.includes(podUid));

  return (
    <ChipGroup label={text.machine.podsOn(name, pods.length)} className="pod-grid">
      {pods.map((pod, index) => (
        <PodChip key={pod.uid} pod={pod} real={isAsSaid(pod, existing.get(pod.uid))} tabbable={index === 0} />
      ))}
      {orphaned.map((sandbox) => (
        <OrphanChip key={sandbox.podUid} sandbox={sandbox} />
      ))}
      {ghosts.map((ghost) => (
        <GhostChip key={ghost.uid} ghost={ghost} />
      ))}
    </ChipGroup>
  );
});
