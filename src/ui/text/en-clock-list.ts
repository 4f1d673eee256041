/** The list of clocks that run. */
export const enClockList = {
  title: 'Clocks that run',
  others: (count: number) => `and ${count} more`,
  more: (count: number) => `and ${count} later`,
};
