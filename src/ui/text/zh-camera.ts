/** `en-camera.ts` in simplified Chinese. */
import type { enCamera } from './en-camera';

export const zhCamera: typeof enCamera = {
  follow: '跟随所选对象',
  minimap: '整个集群的小地图，标出当前视野',
  picked: (machines, pods) =>
    [machines > 0 ? `${machines} 台机器` : '', pods > 0 ? `${pods} 个 Pod` : '']
      .filter((part) => part !== '')
      .join('、'),
  pickedName: '已选中的对象',
  drain: '腾空（drain）…',
  remove: (workers) => `移除 ${workers} 台工作机器`,
  deletePods: '删除这些 Pod',
  clear: '取消选中',
};
