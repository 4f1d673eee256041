/** What the worker will not do, by a word that the page has sentences for. */

export type RefusalCode = 'past' | 'leader-gone';

/** In English, for reports and for whoever reads the console. */
const MEANING: Readonly<Record<RefusalCode, string>> = {
  past: 'You look at the past: go back to the present, or branch here, to act.',
  'leader-gone': 'The tab that ran this cluster was closed before it had answered.',
};

export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode) {
    super(MEANING[code]);
    this.code = code;
  }
}
