/** What is said of the terminal, and of the commands that do what buttons do. */
export const enCommand = {
  copy: 'Copy as command',
  copied: (command: string) => `Copied: ${command}`,
  notCopied: (command: string) => `The browser did not let me copy: ${command}`,
  toTerminal: 'To the terminal',
  noKubectl: 'Power, cables, disks and memory are beyond kubectl: no command does that.',
};

export const enTerminal = {
  name: 'Terminal',
  input: 'Terminal of the laptop',
  resize: 'Height of the terminal',
  close: 'Close the terminal (Ctrl+`)',
  paused: 'Time is paused: the command goes on when it runs again.',
  more: (count: number) => `… and ${count} more`,
  editing: (path: string) => `Editor of ${path}`,
  save: 'Save and go on (Ctrl+Enter)',
  discard: 'Leave as it was (Esc)',
  browser: {
    name: 'Browser',
    address: 'Address on the laptop',
    ask: 'Ask for this page (Enter)',
    waiting: 'Waiting for the answer…',
    paused: 'Time is paused: the answer comes when it runs again.',
    empty:
      'Let a port of the laptop lead into the cluster: kubectl port-forward deployment/web 8080:80 in the terminal. Then ask for localhost:8080 here.',
    body: 'Body of the answer',
    cut: (letters: number) => `… and ${letters} letters more`,
  },
};
