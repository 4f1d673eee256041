/** Manifests that are dropped on the page or pasted onto it: they are read, checked and put into the editor, where they are applied or not. */
import type { UiStore } from '../state/store';
import { enFiles } from '../text/en-files';
import { zhFiles } from '../text/zh-files';

/** What the API server takes in one request. @source kubernetes staging/src/k8s.io/apiserver/pkg/server/config.go: MaxRequestBodyBytes */
const LARGEST_BYTES = 3 * 1024 * 1024;

const WORDS = { en: enFiles, zh: zhFiles };

/** Text of a manifest, or why it is none. */
export function manifestOf(
  name: string,
  bytes: Uint8Array,
  words: typeof enFiles,
): { readonly text: string } | { readonly refusal: string } {
  if (bytes.length > LARGEST_BYTES) return { refusal: words.tooLarge(name, bytes.length, LARGEST_BYTES) };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) return { refusal: words.noText(name) };
    if (text.trim() === '') return { refusal: words.empty(name) };
    return { text };
  } catch {
    return { refusal: words.noText(name) };
  }
}

/** Puts files into the editor, one document after the other; says which of them are no manifests. */
export async function takeFiles(files: readonly File[], store: UiStore): Promise<void> {
  const words = WORDS[store.getState().language];
  const texts: string[] = [];
  for (const file of files) {
    // What is too large is not even read.
    const bytes = new Uint8Array(
      await (file.size > LARGEST_BYTES ? file.slice(0, LARGEST_BYTES + 1) : file).arrayBuffer(),
    );
    const manifest = manifestOf(file.name, bytes, words);
    if ('text' in manifest) texts.push(manifest.text);
    else refuse(manifest.refusal, store);
  }
  if (texts.length > 0) open(texts.join('\n---\n'), store);
}

/** Puts a pasted text into the editor. */
export function takeText(text: string, store: UiStore): void {
  const words = WORDS[store.getState().language];
  const manifest = manifestOf(words.pasted, new TextEncoder().encode(text), words);
  if ('text' in manifest) open(manifest.text, store);
  else refuse(manifest.refusal, store);
}

function open(text: string, store: UiStore): void {
  store.getState().setManifestDraft(text);
  store.getState().setEditorOpen(true);
}

const refuse = (text: string, store: UiStore): void => store.getState().notify({ tone: 'problem', text, action: null });
