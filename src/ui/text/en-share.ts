/** What is said when a run is shared, and when a shared one is opened. */
export const enShare = {
  title: 'Share this run',
  close: 'Close',
  making: 'Writing down what was done …',
  link: 'Link',
  linkHint: (characters: string) =>
    `${characters} characters. Whoever opens it plays the same run: same seed, same inputs, same hash.`,
  tooLong: (characters: string, most: string) =>
    `As a link this run would have ${characters} characters, more than ${most}: most chats cut that off. Share the file.`,
  copyLink: 'Copy the link',
  copied: 'Copied',
  file: 'Save as a file',
  manifests: 'Save manifests',
  report: 'Copy a bug report',
  picture: 'Save a picture of the stage',
  drawing: 'Drawing …',
  noPicture: (reason: string) => `No picture could be made: ${reason}.`,
  import: 'Open a file …',
  notOpened: (reason: string) => `That is no run that can be opened: ${reason}.`,
  damagedLink: (reason: string) => `The link in the address is damaged: ${reason}. This is a new cluster.`,
  otherVersion: (reason: string) => `The link in the address is of another version: ${reason}. This is a new cluster.`,
  replayed: 'This run was shared: it has ended in the same state, to the last bit.',
  replayedOtherwise: 'This run was shared, but it has ended in another state than was recorded. Please report it.',
};
