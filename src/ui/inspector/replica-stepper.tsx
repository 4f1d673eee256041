/** The stepper of a Deployment. Shows the number asked for last until the API has it, so that quick steps add up. */
import { useEffect, useState } from 'react';
import type { WorkloadRecord } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { useText } from '../text/text';
import { Stepper } from './stepper';

/** More than any cluster here can hold. */
const MAX_REPLICAS = 150_000;

export function ReplicaStepper({ deployment }: { deployment: WorkloadRecord }) {
  const text = useText();
  const commands = useCommands();
  const { namespace, name, desired } = deployment;
  const [asked, setAsked] = useState<number | null>(null);

  useEffect(() => setAsked(null), [desired]);

  return (
    <Stepper
      label={text.workload.replicasOf(name)}
      lessLabel={text.workload.scaleDown(name)}
      moreLabel={text.workload.scaleUp(name)}
      value={asked ?? desired}
      max={MAX_REPLICAS}
      onChange={(replicas) => {
        setAsked(replicas);
        commands.scale(namespace, name, replicas);
      }}
    />
  );
}
