/** What is said of pinned things. It comes with them, late. */
export const enPins = {
  name: 'Pinned',
  keep: 'Pin to the stage',
  letGo: (name: string) => `Unpin ${name}`,
  gone: 'gone',
};
