/** How virtual time goes: `factor` times as fast as real time; `max`: as fast as it goes. */
export type Pace =
  { readonly type: 'paused' } | { readonly type: 'speed'; readonly factor: number } | { readonly type: 'max' };
