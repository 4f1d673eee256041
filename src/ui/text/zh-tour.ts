/** What the tour says in Chinese. */
import type { TourWords } from './en-tour';

export const zhTour: TourWords = {
  name: '导览',
  starting: '一个完整的集群正在这个页面里启动：几秒后它的机器就会 Ready。',
  take: '开始导览（60 秒）',
  notNow: '以后再说',
  next: '下一步',
  leave: '结束导览',
  done: '完成',
  count: (step, steps) => `${step} / ${steps}`,
  step: {
    hint: (node) => `这个集群正在运行。把 ${node} 拖进底部出现的断电坞：它会断电，而 Kubernetes 得自己发现。`,
    powerOff: (node) => `把 ${node} 向下拖进断电坞。用键盘：选中它并按 Del。`,
    notReady: (node) => `${node} 已断电，但 API 仍说 Ready：它会等 50 秒心跳。按 10× 或“跳过”看看。`,
    evicted: (node) => `${node} 现在是 NotReady。它的 Pod 还能保留 5 分钟：按 100× 直到它们被驱逐。`,
    why: (pod) => `${pod} 代替了失去的 Pod。点击它，再打开“为什么”：故事可以追溯到你的手。`,
    powerOn: (node) => `重新打开 ${node} 的电源：它会得知错过的一切并清理。`,
    end: () => '这就是一次节点故障。资源库里还有更多可以破坏和运行的东西；Ctrl+K 可以找到一切。',
  },
};
