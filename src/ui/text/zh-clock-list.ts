/** 正在运行的计时列表。 */
import type { enClockList } from './en-clock-list';

export const zhClockList: typeof enClockList = {
  title: '正在运行的计时',
  others: (count) => `等 ${count + 1} 个`,
  more: (count) => `之后还有 ${count} 个`,
};
