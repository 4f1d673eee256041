/** 关于正在运行的计时。 */
import { clockSentence } from './clock-words';

export const zhClock = clockSentence(
  {
    'grace-period': (left) => `没有心跳：${left} 后变为 NotReady`,
    toleration: (left) => `${left} 后被驱逐`,
    termination: (left) => `若未自行结束，${left} 后被强制终止`,
    'back-off': (left) => `再次退出：${left} 后重启`,
    'image-back-off': (left) => `镜像拉取失败：${left} 后重试`,
    'image-pull': (left) => `正在拉取镜像：还需 ${left}`,
    'active-deadline': (left) => `须在 ${left} 内完成`,
    'job-back-off': (left) => `失败：${left} 后创建下一个 Pod`,
    ttl: (left) => `已结束：${left} 后删除`,
    'next-run': (left) => `${left} 后下一次运行`,
    'progress-deadline': (left) => `若无进展，${left} 后视为停滞`,
    stabilization: (left) => `沿用先前的副本数，还有 ${left}`,
    unschedulable: (left) => `无处可放：情况变化时或 ${left} 后重试`,
    'scheduling-back-off': (left) => `调度失败：${left} 后重试`,
    lease: (left) => `Lease 无人续约：${left} 后可被接管`,
    reclaim: (left) => `云将在 ${left} 后收回`,
    election: (left) => `没有领导者：${left} 后参选`,
  },
  (come, whole) => `（${come} / ${whole}）`,
);
