/** `en-pins.ts` in simplified Chinese. */
import type { enPins } from './en-pins';

export const zhPins: typeof enPins = {
  name: '已固定',
  keep: '固定到舞台',
  letGo: (name) => `取消固定 ${name}`,
  gone: '已消失',
};
