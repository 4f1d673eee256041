/** Plain overlays of kustomize. */
import { failed } from '../call/context';
import { type Doing, readFile } from '../call/effects';

/** The objects of a kustomization as a text of YAML documents. */
export function* kustomized(folder: string): Doing<string> {
  const text = yield* readFile(`${folder.replace(/\/$/, '')}/kustomization.yaml`);
  if (text === null)
    throw failed(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder}'`,
    );
  return text;
}
