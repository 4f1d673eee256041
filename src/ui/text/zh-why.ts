/** 因果故事周围的文字。 */
import type { enWhy } from './en-why';

export const zhWhy: typeof enWhy = {
  omitted: (steps) => `略去 ${steps} 步`,
  moment: (clock) => `查看 ${clock}`,
  absent: '为什么别处没有？',
  absentFrom: '为什么它没有 Pod 在',
  absentHere: '为什么这里没有 Pod：',
  choose: '…',
  anyApp: '任何应用',
  asking: '正在询问引擎…',
  nothing: '没有能说明原因的记录。',
};
