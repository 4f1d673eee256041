/** What is said of files that are dropped on the page. It comes with what reads them, late. */
export const enFiles = {
  pasted: 'What was pasted',
  noText: (file: string) => `${file} is no text, so no manifest.`,
  empty: (file: string) => `${file} is empty.`,
  tooLarge: (file: string, bytes: number, most: number) =>
    `${file} has ${bytes.toLocaleString('en')} bytes or more; the API server takes at most ${most.toLocaleString('en')} in a request.`,
};
