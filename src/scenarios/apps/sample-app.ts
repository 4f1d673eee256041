/** Apps to be deployed: manifests as a person would write them. Their titles are the page's business. */
export interface SampleApp {
  /** Unique; the page finds its words by it. */
  readonly name: SampleAppName;
  readonly manifest: string;
}

export type SampleAppName = 'web' | 'guestbook' | 'broken-image' | 'too-large' | 'crowd';
