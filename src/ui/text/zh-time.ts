/** 关于过去、分支以及两者差异的文字。 */
import type { enTime } from './en-time';

export const zhTime: typeof enTime = {
  scrubber: '时刻',
  hint: '拖动到任意时刻',
  past: (clock, track) => `您正在查看 ${track} 的 ${clock}。`,
  readOnly: '过去不能更改。',
  toPresent: '回到现在',
  branch: '从这里分支',
  branchHint: '从这一刻起，运行走另一条路；之后所做的留在原来的轨道上',
  back: '−10 秒',
  backHint: '后退十秒',
  branchName: (number) => `分支 ${number}`,
  tracks: '轨道',
  trackSpan: ({ from, parent }, start, end) =>
    parent === null && from === 0 ? `到 ${end} 为止` : `在 ${start} 分出，到 ${end} 为止`,
  goTo: (name) => `转到 ${name}`,
  compare: (name) => `与 ${name} 比较`,
  forget: (name) => `丢弃 ${name}`,
  comparison: '有什么不同',
  comparing: '正在并排重放两次运行……',
  close: '关闭比较',
  same: '没有不同：两边发生的事情相同。',
  firstEvent: '第一个不同的事件',
  firstCommit: '第一个不同的对象更改',
  nothingMore: '它已到终点。',
  stateAt: (clock) => `在 ${clock}`,
  thing: '对象',
  field: '内容',
  absent: '不存在',
  none: '–',
  more: (count) => `还有 ${count} 项`,
};
