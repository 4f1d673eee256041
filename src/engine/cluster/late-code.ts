/**
 * Fills all places of code that may come late. A host that has it all at hand imports this file; the browser's worker loads it
 * when somebody is about to act.
 */
import '#engine/addons/cluster-autoscaler/late-cluster-autoscaler';
import '#engine/addons/metrics-server/late-metrics-server';
import '#engine/addons/prometheus-adapter/late-prometheus-adapter';
import '#engine/api/late-api';
import { parseManifest } from '#engine/api/manifest';
import { manifestReader } from '#engine/api/manifest-document';
import '#engine/apiserver/late-answers';
import '#engine/controllers/late-controllers';
import '#engine/etcd/etcdctl/run';
import '#engine/etcd/late-etcd';
import '#engine/kubectl/terminal/run';
import '#engine/node/late-node';
import { shellCode } from '#engine/node/programs/shell/interpreter';
import { shell } from '#engine/node/programs/shell/shell';
import '#engine/scheduler/late-scheduler';
import './cloud-process';
import { breakpoints, explainer, lawBook } from './engine';
import { Laws } from './laws/laws';
import { beginFault, healFault, powerOn, reclaimed } from './fault-rules';
import { faultRules } from './faults';
import './kubeadm/late-steps';
import './observe/late-clocks';
import { configureScheduler } from './scheduler-edit';
import { closerLook } from './looks';
import { breakpointOf } from './milestones';
import { explainSubject } from './why';
import { explainAbsence } from './why-not';

manifestReader.provide(parseManifest);
shell.provide(shellCode);
faultRules.provide({ beginFault, healFault, powerOn, reclaimed, configureScheduler });
lawBook.provide(Laws);
explainer.provide({ explainSubject, explainAbsence, closerLook });
breakpoints.provide(breakpointOf);
