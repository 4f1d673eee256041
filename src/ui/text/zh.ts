/** Every word that the page says in simplified Chinese. Terms of Kubernetes are left as its Chinese documentation leaves them. */
import type { PodRecord, SandboxRecord, ServiceRecord, Subject, WriteRecord } from '#engine/cluster/records';
import type { SampleAppName } from '#scenarios/apps/sample-app';
import type { PodShape } from '../chips/pod-shape';
import type { Marker } from '../state/markers';
import type { Catalogue } from './en';
import { zhApp, zhBoot } from './zh-app';
import { zhClock } from './zh-clocks';
import { zhGroup, zhMachineFaults, zhMembers } from './zh-members';
import { zhCommand, zhTerminal } from './zh-terminal';
import { zhScheduler } from './zh-scheduler';
import { zhVerdicts } from './zh-verdicts';
import { formatVirtualTime } from './virtual-time';

const qualified = ({ namespace, name }: Pick<Subject, 'namespace' | 'name'>): string =>
  namespace === '' ? name : `${namespace}/${name}`;

/** What is no kind of the API has a Chinese name. */
const kindWord = (kind: string): string => ({ Machine: '机器', Process: '进程' })[kind] ?? kind;

const clauses = (...parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join('，');

const shapes: Readonly<Record<PodShape, string>> = {
  running: '运行中',
  'not-ready': '未就绪',
  absent: '仅存在于 API 中',
  pending: '等待中',
  creating: '正在创建',
  terminating: '正在终止',
  crashing: '反复崩溃',
  'image-error': '无法启动',
  completed: '已完成',
  failed: '失败',
  unknown: '未知',
};

const samples: Readonly<Record<SampleAppName, { readonly title: string; readonly shows: string }>> = {
  web: { title: 'Web 服务器', shows: 'Service 后面的四副本 Deployment' },
  guestbook: { title: '留言簿', shows: '三层：前端、主库、从库' },
  crowd: { title: '200 个副本', shows: '超出可用资源，其余 Pod 等待' },
  'broken-image': { title: '错误镜像', shows: '任何镜像仓库都没有的镜像' },
  'too-large': { title: '请求过大', shows: '请求的资源超过任何一台机器' },
};

const faults: Readonly<Record<Exclude<Marker['fault'], ''>, string>> = {
  'power-off': '断电',
  reboot: '重启',
  'kill-process': '杀死进程',
  'pause-process': '暂停进程',
  'cut-cable': '切断网线',
  partition: '网络分区',
  latency: '延迟',
  'packet-loss': '丢包',
  'clock-skew': '时钟偏移',
  'disk-full': '磁盘已满',
  'disk-slow': '磁盘变慢',
  'disk-corrupt': '磁盘损坏',
  'etcd-wipe': 'etcd 数据被删除',
  'memory-pressure': '内存被占用',
  'cpu-stress': 'CPU 繁忙',
  'spot-reclaim': '被收回',
  'image-registry-down': '镜像仓库不可用',
  'dns-down': 'DNS 不可用',
  'rack-outage': '机架中断',
  'zone-outage': '可用区中断',
};

const markerText = ({ what, fault, about }: Marker): string => {
  switch (what) {
    case 'fault':
      return fault === '' ? about : `${faults[fault]} ${about}`.trim();
    case 'healed':
      return fault === 'power-off' ? `通电 ${about}` : fault === '' ? about : `${faults[fault]} ${about} 已恢复`;
    case 'leader':
      return `${about} 成为 etcd 领导者`;
    case 'node-not-ready':
      return `${about} NotReady`;
    case 'node-ready':
      return `${about} Ready`;
  }
};

const verbs: Readonly<Record<WriteRecord['verb'], string>> = {
  create: '创建了',
  update: '更新了',
  patch: '修补了',
  delete: '删除了',
  deletecollection: '全部删除了',
};

function writer({ user }: WriteRecord): string {
  if (user.startsWith('system:node:')) return `kubelet ${user.slice('system:node:'.length)}`;
  return user.slice(user.lastIndexOf(':') + 1);
}

export const zh: Catalogue = {
  app: zhApp,
  boot: zhBoot,
  keys: { delete: 'Del' },
  language: { other: 'EN', switchToOther: '切换到英文（English）' },
  settings: {
    name: '设置',
    theme: '主题',
    themes: { dark: '深色', light: '浅色', contrast: '高对比度' },
    projector: '投影模式：更大、更粗、醒目的指针',
    lessMotion: '减少动画',
  },
  theme: { switchTo: { dark: '切换到深色主题', light: '切换到浅色主题' } },
  clock: {
    name: '时钟',
    virtualTime: '虚拟时间',
    pause: '暂停（空格）',
    resume: '继续（空格）',
    step: '单步',
    stepHint: '运行到下一次 API 写入（按住 Shift：一个事件），然后暂停',
    speed: (factor) => `${factor}×`,
    speedLabel: (factor) => `真实时间的 ${factor} 倍`,
    max: '最快',
    maxHint: '能跑多快就跑多快',
    skip: '跳过',
    skipHint: '跳到下一件重要的事，然后暂停',
    measured: (factor) => `真实时间的 ${factor}×`,
  },
  rail: {
    name: '放到舞台上',
    library: '应用与故障资源库',
    libraryShort: '资源库',
    palette: '查找任何东西（Ctrl+K）',
    paletteShort: '查找',
    apply: '应用清单',
    applyShort: '应用',
    terminal: '带 kubectl 的终端',
    terminalHint: '带 kubectl 的终端（Ctrl+`）',
    terminalShort: 'kubectl',
    addWorker: '添加一台工作机器',
    addWorkerShort: '+ 节点',
    addControlPlane: '添加一个控制平面',
    addControlPlaneShort: '+ 控制',
  },
  stage: { name: '舞台', zoom: '缩放', zoomIn: '放大', zoomOut: '缩小', fit: '显示整个集群' },
  dock: { name: '断电坞', hint: (machine) => `拖到这里切断 ${machine} 的电源` },
  countdown: zhClock,
  machine: {
    label: (name, words, pods) => `机器 ${name}，${words}，${pods} 个 Pod`,
    menu: (name) => `${name} 的菜单`,
    podsOn: (name, pods) => `${name} 上的 Pod：${pods}`,
    podsTitle: (pods) => `Pod（${pods}）`,
    notRegistered: '未注册',
    noPower: '已断电',
    cableCutWord: '网线已断',
    cableCutIn: '听不到任何人',
    cableCutOut: '没人听得到它',
    kubeletIs: (state) => `kubelet ${state}`,
    booting: '启动中',
    joining: '加入中',
    runs: '正在运行',
    butApi: (truth, belief) => `${truth} · API：${belief}`,
    powerOff: '切断电源',
    powerOn: '接通电源',
    powerOnNamed: (name) => `接通 ${name} 的电源`,
    reboot: '重启',
    cutCable: '切断网线',
    cutCableIn: '只切断入站',
    cutCableOut: '只切断出站',
    cutCableOf: (name) => `切断 ${name} 的网线`,
    plugCable: '插上网线',
    plugCableOf: (name) => `插上 ${name} 的网线`,
    cordon: '隔离（cordon）',
    uncordon: '解除隔离（uncordon）',
    remove: '移除机器',
    leave: '移除（kubeadm reset）',
    add: '添加工作节点',
    addTo: (zone) => `向 ${zone} 添加工作节点`,
    cpu: 'CPU',
    memory: '内存',
    cpuRequested: (words) => `CPU 请求量：${words}`,
    memoryRequested: (words) => `内存请求量：${words}`,
    lastHeartbeat: '上次心跳',
    heartbeatAgo: (at, ago) => `${at}（${ago} 前）`,
    roles: '角色',
    zone: '可用区',
    internalIP: '内部 IP',
    podCIDR: 'Pod CIDR',
    pods: 'Pod',
    taints: '污点',
    processes: '进程',
  },
  pod: {
    label: (pod: PodRecord, real, clock) =>
      clauses(
        `Pod ${qualified(pod)}`,
        pod.status,
        pod.status === 'Running' && !pod.ready ? '未就绪' : null,
        pod.node === null ? '不在任何节点上' : `在 ${pod.node} 上`,
        real ? null : '但机器并未运行它',
        clock,
      ),
    statusLine: (pod) =>
      clauses(
        `${pod.status} · ${pod.readyContainers}/${pod.containers} 就绪`,
        pod.restarts > 0 ? `重启 ${pod.restarts} 次` : null,
        pod.node === null ? null : `在 ${pod.node} 上`,
      ),
    ghost: (pod) => `已消失：Pod ${qualified(pod)}`,
    orphan: (sandbox: SandboxRecord) => `API 已删除但仍在运行：Pod ${qualified(sandbox)}`,
    none: '没有 Pod',
    status: '状态（API）',
    truth: '机器上的实际情况',
    reallyRuns: (running, containers) => `${containers} 个容器中 ${running} 个在运行`,
    reallyNot: '并未在那里运行',
    ready: '就绪',
    restarts: '重启次数',
    ip: 'IP',
    images: '镜像',
    node: '节点',
  },
  shape: shapes,
  process: {
    server: 'API 服务器',
    role: '角色',
    term: '任期',
    leader: '领导者',
    lastIndex: '最后一条日志',
    persistedIndex: '已落盘至',
    commitIndex: '已提交至',
    appliedIndex: '已应用至',
    voters: '有投票权的成员',
    lease: (name) => `租约 ${name}`,
    holds: '持有租约',
    heldBy: (machine) => (machine === null ? '无人持有' : `由 ${machine} 持有`),
    label: (id, state) => `进程 ${id}，${state}`,
    state: { running: '运行中', paused: '已暂停', down: '已停止' },
    stateName: '状态',
    machine: '机器',
    handled: '已处理的消息',
    loops: '控制回路',
    loop: (waiting, plan) =>
      [
        waiting > 0 ? `${waiting} 个等待` : '',
        plan === null ? '尚无计划' : `${formatVirtualTime(plan.at)} ${plan.key}：${plan.why}`,
      ]
        .filter((part) => part !== '')
        .join(' · '),
    kill: '杀死进程',
  },
  parts: {
    etcd: 'etcd',
    revision: '修订版本',
    etcdKeys: (keys, size) => `${keys} 个键 · ${size}`,
    ...zhMembers,
    apiServer: 'API 服务器',
    watches: '监视',
    writesPerSecond: '写入/秒',
    renewalsPerSecond: '租约续期/秒',
    noWriteYet: '尚无写入',
    write: (write: WriteRecord) => {
      const { verb, resource, subresource, namespace, name } = write;
      const object = qualified({ namespace: namespace === 'default' ? '' : namespace, name });
      const [plural = resource] = resource.split('.', 1);
      const kind = subresource === '' ? plural : `${plural}/${subresource}`;
      if (subresource === 'binding') return `${writer(write)} 绑定了 ${object}`;
      return `${writer(write)} ${verbs[verb]} ${kind} ${object}`;
    },
    scheduler: '调度器',
    queues: (active, backoff, unschedulable) =>
      [
        active > 0 ? `${active} 个活跃` : '',
        backoff > 0 ? `${backoff} 个退避中` : '',
        unschedulable > 0 ? `${unschedulable} 个无法调度` : '',
      ]
        .filter((part) => part !== '')
        .join(' · ') || '队列为空',
    waitingPods: (pods) => `没有节点的 Pod：${pods}`,
    podsWait: (pods) => `${pods} 个等待`,
    nothingWaits: '没有 Pod 等待',
    more: (pods) => `+${pods}`,
    controllerManager: '控制器管理器',
    idleLoops: (idle) => `${idle} 个回路空闲`,
  },
  group: zhGroup,
  machineFault: zhMachineFaults,
  faultName: faults,
  workload: {
    replicas: '副本数',
    replicasOf: (name) => `${name} 的副本数`,
    scaleUp: (name) => `${name} 扩容`,
    scaleDown: (name) => `${name} 缩容`,
    readyOf: (ready, all) => `${ready} / ${all} 就绪`,
    desired: '期望',
    current: '当前',
    updated: '已更新',
    ready: '就绪',
    available: '可用',
    revision: '修订版本',
    pods: 'Pod',
  },
  service: {
    type: '类型',
    clusterIP: '集群 IP',
    ports: '端口',
    endpoints: '端点',
    line: ({ ports, readyEndpoints }: ServiceRecord) => `${ports.join(' ')} · ${readyEndpoints} 个端点`,
  },
  overview: {
    kind: '集群',
    title: '概览',
    figures: (ready, nodes, pods) => `${nodes} 个节点中 ${ready} 个 Ready · ${pods} 个 Pod`,
    deployments: 'Deployment',
    noDeployments: '还没有。应用一份清单来开始。',
    services: 'Service',
    noServices: '还没有。',
    legend: '形状表示状态，颜色表示所有者',
    hint: '拖动一台机器会出现断电坞；或选中机器后按 Del。',
  },
  inspector: {
    name: '检查器',
    close: '关闭（Esc）',
    resize: '检查器的宽度',
    tabs: '所选对象的视图',
    tab: { summary: '摘要', yaml: 'YAML', events: '事件', logs: '日志', history: '历史', why: '原因' },
    kindLine: ({ kind, namespace }) => (namespace === '' ? kindWord(kind) : `${kind} · ${namespace}`),
    gone: '它已从 API 中消失。',
    asking: '正在询问引擎…',
    age: '存在时间',
    owner: '所有者',
    ownerName: (kind, name) => `${kind} ${name}`,
    labels: '标签',
    conditions: '状况',
    refresh: '刷新',
    yamlOf: (kind, name) => `${kind} ${name} 的 YAML`,
    remove: (kind) => `删除 ${kind}`,
    noEvents: '没有相关事件。',
    eventSource: (component, times) => (times > 1 ? `${component}，${times} 次` : component),
  },
  why: {
    nothing: '还没有关于它的记录。',
    incomplete: '更早的记录已不再保留。',
    actor: (actor) => (actor === 'you' ? '你' : actor),
    about: ({ kind, name }) => `${kindWord(kind)} ${name}`,
  },
  scheduler: zhScheduler,
  verdicts: zhVerdicts,
  command: zhCommand,
  terminal: zhTerminal,
  log: {
    panel: '事件日志',
    name: '事件',
  },
  timeline: { name: '时间线', now: '现在', markers: '标记', marker: markerText },
  editor: {
    name: '应用清单',
    close: '关闭（Esc）',
    manifest: '清单',
    samples: '示例',
    apply: '应用',
    applyHint: '等同于 kubectl apply -f -',
    applyKeys: 'Ctrl+Enter',
    outcome: '结果',
    empty: '没有可应用的内容：粘贴一份清单，或选择一个示例。',
  },
  samples,
  notice: {
    name: '消息',
    dismiss: '关闭消息',
    powerOff: (machine) => `${machine} 已断电。`,
    cableCut: (machine) => `${machine} 的网线已切断，其上的 Pod 继续运行。`,
    cableCutIn: (machine) => `${machine} 听不到任何人，但别人仍听得到它。`,
    cableCutOut: (machine) => `没人听得到 ${machine}，但它仍能听到一切。`,
    podDeleted: (pod) => `正在删除 Pod ${pod}。它的所有者会再创建一个。`,
    podStays: (pod, from, to) =>
      `Pod 不会被移动，只会被替换：${pod} 留在 ${from} 上。想在 ${to} 上要一个：隔离 ${from} 并删除该 Pod，或使用亲和性。`,
    deletePod: '删除该 Pod',
  },
  crash: {
    panel: (name) => `${name}出错了，其余部分继续工作。`,
    tryAgain: '重试',
    title: '引擎停止了：这是我们的缺陷',
    explanation: '模拟抛出了一个错误。凭这份报告可以精确重放。',
    where: (seed, events) => `种子 ${seed}，事件 ${events}`,
    stack: '错误',
    report: '报告',
    copy: '复制报告',
    copied: '已复制',
    resume: '从上一个检查点继续',
    close: '关闭',
  },
};
