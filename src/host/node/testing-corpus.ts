/** The corpus of real manifests, for tests. It stays outside the repository: without it there is nothing to test. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CORPUS = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));

export const hasCorpus = existsSync(CORPUS);
/** Where it is, or that it is not, for the name of a test. */
export const CORPUS_PLACE = hasCorpus ? CORPUS : '../shared/corpus (not here: skipped)';

export interface CorpusRow {
  readonly file: string;
  readonly outcome: string;
}

/** The public rows of its index; none where it is not. */
export function corpusRows(): readonly CorpusRow[] {
  if (!hasCorpus) return [];
  const [header = '', ...lines] = readFileSync(`${CORPUS}INDEX.tsv`, 'utf8').trimEnd().split('\n');
  const names = header.split('\t');
  return lines
    .map((line) => {
      const cells = line.split('\t');
      const cell = (name: string): string =>
        (cells[names.indexOf(name)] ?? '').replace(/^"(.*)"$/, '$1').replaceAll('""', '"');
      return { file: cell('file'), outcome: cell('expected_outcome'), split: cell('split') };
    })
    .filter(({ split }) => split === 'public');
}

export const corpusText = (file: string): string => readFileSync(CORPUS + file, 'utf8');
