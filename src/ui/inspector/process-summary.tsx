/** A process as it really is, with its own figures. */
import { Button } from '@mantine/core';
import { useCommands } from '../state/commands';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { Facts } from './facts';
import { SubjectLink } from './subject-link';

export function ProcessSummary({ id }: { id: string }) {
  const text = useText();
  const commands = useCommands();
  const machineName = id.slice(0, id.indexOf('/'));
  const process = useUi((state) =>
    state.mirror.machines.get(machineName)?.processes.find((candidate) => candidate.id === id),
  );
  if (!process) return <p className="quiet">{text.inspector.gone}</p>;
  return (
    <>
      <dl className="facts">
        <div>
          <dt>{text.process.machine}</dt>
          <dd>
            <SubjectLink subject={{ kind: 'Machine', namespace: '', name: machineName }} />
          </dd>
        </div>
      </dl>
      <Facts
        rows={[
          [text.process.stateName, text.process.state[process.state]],
          [text.process.handled, process.handled],
          ...Object.entries(process.facts).map(([name, value]) => [name, String(value)] as const),
        ]}
      />
      {process.state === 'running' ? (
        <Button size="xs" variant="default" className="destroys" onClick={() => commands.killProcess(id)}>
          {text.process.kill}
        </Button>
      ) : null}
    </>
  );
}
