/** All commands. */
import { apiResourcesCommand, apiVersionsCommand, clusterInfoCommand, pluginCommands, versionCommand } from './about';
import { applyCommand } from './apply';
import { attachCommand } from './attach';
import { authCommands, certificateCommands } from './auth';
import { clusterInfoDumpCommand } from './cluster-info-dump';
import type { Commands } from './command';
import { completionCommand } from './completion-scripts';
import { configCommands } from './config';
import { cpCommand } from './cp';
import { createCommand } from './create';
import * as others from './create-others';
import * as workloads from './create-workloads';
import { debugCommand } from './debug';
import { deleteCommand } from './delete';
import { describeCommand } from './describe';
import { cordonCommand, drainCommand, uncordonCommand } from './drain';
import { editCommand, editLastApplied } from './edit';
import { eventsCommand } from './events';
import { explainCommand } from './explain';
import { autoscaleCommand, exposeCommand } from './expose';
import { getCommand } from './get';
import { kustomizeCommand } from './kustomize';
import { annotateCommand, labelCommand } from './label';
import { setLastApplied, viewLastApplied } from './last-applied';
import { portForwardCommand } from './port-forward';
import { patchCommand, scaleCommand } from './patch';
import { proxyCommand } from './proxy';
import { diffCommand, replaceCommand } from './replace';
import { rolloutCommands } from './rollout';
import { runCommand } from './run';
import { setCommands } from './set';
import { execCommand, logsCommand } from './streams';
import { taintCommand } from './taint';
import { topCommands } from './top';
import { waitCommand } from './wait';

const { secrets, configmap, namespace, serviceaccount, role, clusterrole, rolebinding, clusterrolebinding, token } =
  others;
const { services, deployment, job, cronjob, ingress, poddisruptionbudget, quota, priorityclass } = workloads;

const CREATE: Commands = {
  clusterrole,
  clusterrolebinding,
  configmap,
  cm: configmap,
  cronjob,
  cj: cronjob,
  deployment,
  deploy: deployment,
  ingress,
  ing: ingress,
  job,
  namespace,
  ns: namespace,
  poddisruptionbudget,
  pdb: poddisruptionbudget,
  priorityclass,
  pc: priorityclass,
  quota,
  resourcequota: quota,
  role,
  rolebinding,
  secret: { commands: secrets },
  service: { commands: services },
  svc: { commands: services },
  serviceaccount,
  sa: serviceaccount,
  token,
};

export const COMMANDS: Commands = {
  annotate: annotateCommand,
  'api-resources': apiResourcesCommand,
  'api-versions': apiVersionsCommand,
  apply: {
    commands: {
      'edit-last-applied': editLastApplied,
      'set-last-applied': setLastApplied,
      'view-last-applied': viewLastApplied,
    },
    own: applyCommand,
  },
  attach: attachCommand,
  auth: authCommands,
  autoscale: autoscaleCommand,
  certificate: certificateCommands,
  'cluster-info': { commands: { dump: clusterInfoDumpCommand }, own: clusterInfoCommand },
  completion: completionCommand,
  config: configCommands,
  cordon: cordonCommand,
  cp: cpCommand,
  create: { commands: CREATE, own: createCommand },
  debug: debugCommand,
  delete: deleteCommand,
  describe: describeCommand,
  diff: diffCommand,
  drain: drainCommand,
  edit: editCommand,
  events: eventsCommand,
  exec: execCommand,
  explain: explainCommand,
  expose: exposeCommand,
  get: getCommand,
  kustomize: kustomizeCommand,
  label: labelCommand,
  logs: logsCommand,
  patch: patchCommand,
  plugin: pluginCommands,
  'port-forward': portForwardCommand,
  proxy: proxyCommand,
  replace: replaceCommand,
  rollout: rolloutCommands,
  run: runCommand,
  scale: scaleCommand,
  set: setCommands,
  taint: taintCommand,
  top: topCommands,
  uncordon: uncordonCommand,
  version: versionCommand,
  wait: waitCommand,
};
