/** The stage as a picture in a file, as it is seen. */
import { toBlob } from 'html-to-image';
import { saveFile } from './save-file';

/** Pixels of the picture for one of the page: sharp enough for slides. */
const SCALE = 2;

/** What one works with is no part of the picture. */
const isShown = (node: Node): boolean =>
  !(node instanceof Element && node.matches('.zoom-controls, .stage-tools, .visually-hidden'));

/** @throws Error when the browser cannot draw it */
export async function saveStagePicture(name: string): Promise<void> {
  const stage = document.querySelector<HTMLElement>('.stage');
  if (stage === null) throw new Error('there is no stage');
  const backgroundColor = getComputedStyle(document.body).backgroundColor;
  // Its texts have the system's fonts: there is nothing to fetch.
  const picture = await toBlob(stage, { pixelRatio: SCALE, backgroundColor, skipFonts: true, filter: isShown });
  if (picture === null) throw new Error('the browser draws none');
  saveFile(name, picture, picture.type);
}
