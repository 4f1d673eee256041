/** What the tour says. It comes with the tour, late. */
export type StepName = 'hint' | 'powerOff' | 'notReady' | 'evicted' | 'why' | 'powerOn' | 'end';

export interface TourWords {
  readonly name: string;
  /** Instead of the first line, until there is something to drag. */
  readonly starting: string;
  readonly take: string;
  readonly notNow: string;
  readonly next: string;
  readonly leave: string;
  readonly done: string;
  readonly count: (step: number, steps: number) => string;
  readonly step: Readonly<Record<StepName, (about: string) => string>>;
}

export const enTour: TourWords = {
  name: 'Tour',
  starting: 'A whole cluster starts in this page: in a few seconds its machines are Ready.',
  take: 'Take the tour (60 s)',
  notNow: 'Not now',
  next: 'Next',
  leave: 'Leave the tour',
  done: 'Done',
  count: (step, steps) => `${step} of ${steps}`,
  step: {
    hint: (node) =>
      `This cluster is alive. Drag ${node} into the dock that appears at the bottom: its power is cut, and Kubernetes has to find out.`,
    powerOff: (node) => `Drag ${node} down into the power-off dock. With the keyboard: select it and press Del.`,
    notReady: (node) =>
      `${node} is dark, but the API still says Ready: it waits 50 s for a heartbeat. Press 10× or Skip and watch.`,
    evicted: (node) =>
      `Now ${node} is NotReady. Its pods may stay for 5 more minutes: press 100× until they are evicted.`,
    why: (pod) =>
      `${pod} has taken the place of a lost pod. Press it, then open “Why”: the story goes back to your hand.`,
    powerOn: (node) => `Switch ${node} on again: it learns what it has missed and cleans up.`,
    end: () => 'That was a node failure. The Library has more to break and to run; Ctrl+K finds everything.',
  },
};
