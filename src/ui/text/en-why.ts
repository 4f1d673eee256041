/** What is said around the story of causes. */
export const enWhy = {
  omitted: (steps: number) => (steps === 1 ? 'one step is left out' : `${steps} steps are left out`),
  moment: (clock: string) => `Look at ${clock}`,
  absent: 'Why is it not elsewhere?',
  absentFrom: 'Why is no pod of it on',
  absentHere: 'Why is there no pod of',
  choose: '…',
  anyApp: 'any app',
  asking: 'Asking the engine…',
  nothing: 'Nothing is recorded that would tell.',
};
