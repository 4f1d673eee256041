/** Deletes an object of the API. */
import { Button } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import type { Subject } from '#engine/cluster/records';
import { CommandButton } from '../shell/command-button';
import { useCommands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import { useText } from '../text/text';

export function RemoveButton({ subject }: { subject: Subject }) {
  const text = useText();
  const commands = useCommands();
  return (
    <span className="with-command">
      <Button
        className="destroys"
        variant="default"
        size="xs"
        leftSection={<Trash2 size={14} aria-hidden="true" />}
        onClick={() => commands.remove(subject)}
      >
        {text.inspector.remove(subject.kind)}
      </Button>
      <CommandButton command={() => kubectl.remove(subject)} />
    </span>
  );
}
