import { describe, expect, it } from 'vitest';
import { createUiStore } from '../state/store';
import { enFiles } from '../text/en-files';
import { manifestOf, takeFiles, takeText } from './take-files';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a file that is dropped', () => {
  it.each([
    ['a manifest', bytes('kind: Pod\n'), { text: 'kind: Pod\n' }],
    ['a text in Chinese', bytes('# 应用\nkind: Pod\n'), { text: '# 应用\nkind: Pod\n' }],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), { refusal: 'x.yaml is no text, so no manifest.' }],
    ['a binary of zeros', Uint8Array.of(0, 0, 0), { refusal: 'x.yaml is no text, so no manifest.' }],
    ['an empty file', bytes(' \n'), { refusal: 'x.yaml is empty.' }],
    [
      'a large file',
      new Uint8Array(3_145_729),
      { refusal: 'x.yaml has 3,145,729 bytes or more; the API server takes at most 3,145,728 in a request.' },
    ],
  ])('%s', (_what, content, expected) => {
    expect(manifestOf('x.yaml', content, enFiles)).toEqual(expected);
  });

  it('opens the editor with all that are manifests, and says which are not', async () => {
    const store = createUiStore();
    const files = [
      new File(['kind: Pod'], 'a.yaml'),
      new File([Uint8Array.of(255, 254)], 'b.png'),
      new File(['kind: Node'], 'c.yaml'),
    ];
    await takeFiles(files, store);
    expect(store.getState().editorOpen).toBe(true);
    expect(store.getState().manifestDraft).toBe('kind: Pod\n---\nkind: Node');
    expect(store.getState().notices.map(({ text }) => text)).toEqual(['b.png is no text, so no manifest.']);
  });

  it('leaves the editor closed when nothing is left', async () => {
    const store = createUiStore();
    await takeFiles([new File([''], 'a.yaml')], store);
    takeText('  ', store);
    expect(store.getState().editorOpen).toBe(false);
    expect(store.getState().notices.map(({ text }) => text)).toEqual(['a.yaml is empty.', 'What was pasted is empty.']);
  });
});
