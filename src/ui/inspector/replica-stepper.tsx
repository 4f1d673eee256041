/** The stepper of a Deployment. Shows the number asked for last until the API has answered, so that quick steps add up. */
import { useState } from 'react';
import type { WorkloadRecord } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { useText } from '../text/text';
import { Stepper } from './stepper';

/** More than any cluster here can hold. */
const MAX_REPLICAS = 150_000;

interface Asked {
  readonly replicas: number;
  /** What the API wanted when it was asked: once that has changed, the API's word counts again. */
  readonly before: number;
}

export function ReplicaStepper({ deployment }: { deployment: WorkloadRecord }) {
  const text = useText();
  const commands = useCommands();
  const { namespace, name, desired } = deployment;
  const [asked, setAsked] = useState<Asked | null>(null);

  const scale = async (replicas: number): Promise<void> => {
    const request = { replicas, before: desired };
    setAsked(request);
    const taken = await commands.scale(namespace, name, replicas);
    if (!taken) setAsked((latest) => (latest === request ? null : latest));
  };

  return (
    <Stepper
      label={text.workload.replicasOf(name)}
      lessLabel={text.workload.scaleDown(name)}
      moreLabel={text.workload.scaleUp(name)}
      value={asked?.before === desired ? asked.replicas : desired}
      max={MAX_REPLICAS}
      onChange={(replicas) => void scale(replicas)}
    />
  );
}
