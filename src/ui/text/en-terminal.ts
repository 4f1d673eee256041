/** What is said of the terminal, and of the commands that do what buttons do. */
export const enCommand = {
  copy: 'Copy as command',
  copied: (command: string) => `Copied: ${command}`,
  notCopied: (command: string) => `The browser did not let me copy: ${command}`,
  toTerminal: 'To the terminal',
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
};
