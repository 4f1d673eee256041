/** Deletes an object of the API. */
import { Button } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import type { Subject } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { useText } from '../text/text';

export function RemoveButton({ subject }: { subject: Subject }) {
  const text = useText();
  const commands = useCommands();
  return (
    <Button
      className="destroys"
      variant="default"
      size="xs"
      leftSection={<Trash2 size={14} aria-hidden="true" />}
      onClick={() => commands.remove(subject)}
    >
      {text.inspector.remove(subject.kind)}
    </Button>
  );
}
