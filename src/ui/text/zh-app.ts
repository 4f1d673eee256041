/** 页面和整个集群。 */
import type { enApp, enBoot } from './en-app';

export const zhApp: typeof enApp = {
  name: 'Kubarium',
  run: (scenario, seed) => `${scenario} · 种子 ${seed}`,
  share: '分享这次运行',
  clusters: (current) => `已保存的集群：当前打开 ${current}`,
  follows: '跟随',
  followsHint: '此集群由另一个标签页运行。在这里所做的操作都会在那里执行。',
  leads: '另一个标签页已关闭：从现在起由此标签页运行集群。',
  unkept: {
    full: '浏览器中已没有空间保存此集群。请删除其他集群，或将它另存为文件。',
    refused: '此浏览器不保存任何内容（例如无痕窗口）：重新加载会从头开始。请将集群另存为文件。',
  },
  refusal: {
    past: '您正在查看过去：要进行操作，请回到现在，或从这里分支。',
    'leader-gone': '运行此集群的标签页在答复之前已关闭。请查看操作是否已完成。',
  },
};

export const zhBoot: typeof enBoot = {
  loading: '正在加载引擎…',
  machinesReady: (ready, total) => `启动中：${total} 台机器中 ${ready} 台 Ready`,
  failed: (reason) => `引擎无法启动：${reason}`,
};
