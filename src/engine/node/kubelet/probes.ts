/**
 * Startup, readiness and liveness probes of one container.
 *
 * @source kubernetes pkg/kubelet/prober (prober_manager.go, worker.go, prober.go), pkg/probe
 * @simplified probes are timed from the container's start, upstream from the moment the pod came to the kubelet
 */
import type { Container, Probe } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { seconds } from '#engine/kernel/time';
import { rpcErrorText, type CriAnswer } from '../runtime/cri';
import { containerEvent, podSubject } from './pod-events';
import { portNumber } from './ports';
import { askRuntime } from './runtime-link';
import type { ContainerWork, KubeletState, PodWorker, ProbeType, ProbeWork } from './state';

const TYPES: readonly ProbeType[] = ['startup', 'readiness', 'liveness'];

export const probeOf = (spec: Container | undefined, type: ProbeType): Probe | undefined =>
  type === 'startup' ? spec?.startupProbe : type === 'readiness' ? spec?.readinessProbe : spec?.livenessProbe;

/** A container has started: its probes begin. `resumed`: the kubelet has just taken it over. */
export function startProbes(
  worker: PodWorker,
  work: ContainerWork,
  spec: Container,
  ctx: Context,
  resumed = false,
): void {
  stopProbes(work, ctx);
  for (const type of TYPES) {
    const probe = probeOf(spec, type);
    if (probe === undefined) continue;
    const fresh: ProbeWork = { type, timer: null, lastResult: null, answeredAt: -1, run: 0 };
    work.probes.push(fresh);
    if ((type === 'startup') !== work.started) begin(worker, work, fresh, probe, ctx, resumed);
  }
}

function begin(
  worker: PodWorker,
  work: ContainerWork,
  state: ProbeWork,
  probe: Probe,
  ctx: Context,
  resumed: boolean,
): void {
  const age = Math.max(0, ctx.now - (work.runtime?.startedAt ?? ctx.now));
  const wait = Math.max(0, seconds(probe.initialDelaySeconds ?? 0) - age);
  const spread = resumed ? ctx.random('probes').below(seconds(probe.periodSeconds ?? 10)) : 0;
  schedule(worker, work, state, wait + spread, ctx);
}

function schedule(worker: PodWorker, work: ContainerWork, state: ProbeWork, delay: number, ctx: Context): void {
  ctx.cancel(state.timer);
  state.timer = ctx.after(delay, {
    type: 'kubelet/probe',
    uid: worker.uid,
    container: work.name,
    probe: state.type,
    containerId: work.runtime?.id ?? '',
  } as { type: string });
}

/** No more probes of these types. */
export function stopProbes(work: ContainerWork, ctx: Context, types: readonly ProbeType[] = TYPES): void {
  for (let i = work.probes.length - 1; i >= 0; i--) {
    const state = work.probes[i];
    if (state === undefined || !types.includes(state.type)) continue;
    ctx.cancel(state.timer);
    work.probes.splice(i, 1);
  }
}

/** A probe is due: asks, and sets the time of the next. */
export function probeDue(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  spec: Container,
  type: ProbeType,
  ctx: Context,
): void {
  const own = work.probes.find((candidate) => candidate.type === type);
  const probe = probeOf(spec, type);
  if (own === undefined || probe === undefined || work.runtime?.state !== 'running') return;
  own.timer = null;
  schedule(worker, work, own, seconds(probe.periodSeconds ?? 10), ctx);
  const ask = {
    what: 'probe',
    uid: worker.uid,
    container: work.name,
    probe: type,
    containerId: work.runtime.id,
  } as const;
  const timeout = seconds(probe.timeoutSeconds ?? 1);
  if (probe.exec?.command !== undefined) {
    return askRuntime(
      state,
      ctx,
      { type: 'cri/exec-sync', containerId: work.runtime.id, command: probe.exec.command, timeout },
      ask,
    );
  }
  const target = dialTarget(worker, spec, probe);
  if (target !== null) askRuntime(state, ctx, { type: 'node/dial', ...target, timeout }, ask);
}

interface DialTarget {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'http' | 'grpc';
  readonly path: string;
}

function dialTarget(worker: PodWorker, spec: Container, probe: Probe): DialTarget | null {
  const address = worker.sandbox?.ip ?? '';
  if (probe.httpGet !== undefined)
    return {
      address: probe.httpGet.host ?? address,
      port: portNumber(spec, probe.httpGet.port),
      protocol: 'http',
      path: probe.httpGet.path ?? '/',
    };
  if (probe.tcpSocket !== undefined)
    return {
      address: probe.tcpSocket.host ?? address,
      port: portNumber(spec, probe.tcpSocket.port),
      protocol: 'tcp',
      path: '',
    };
  if (probe.grpc !== undefined)
    return { address, port: probe.grpc.port, protocol: 'grpc', path: probe.grpc.service ?? '' };
  return null;
}

export interface ProbeOutcome {
  /** `null`: the prober itself failed, which changes nothing. */
  readonly ok: boolean | null;
  readonly text: string;
}

/** What an answer of the runtime says of a probe. */
export function probeOutcome(worker: PodWorker, spec: Container, probe: Probe, answer: CriAnswer): ProbeOutcome {
  const timeout = probe.timeoutSeconds ?? 1;
  if (answer.error !== null) {
    const command = (probe.exec?.command ?? []).join(' ');
    if (answer.error.code === 'DeadlineExceeded')
      return { ok: false, text: `command timed out: "${command}" timed out after ${timeout}s` };
    return { ok: null, text: rpcErrorText(answer.error) };
  }
  const { result } = answer;
  if (result?.of === 'exec')
    return {
      ok: result.exitCode === 0,
      text: result.output.endsWith('\n') ? result.output.slice(0, -1) : result.output,
    };
  if (result?.of !== 'dial') return { ok: null, text: '' };
  const target = dialTarget(worker, spec, probe);
  if (target === null) return { ok: null, text: '' };
  const { outcome } = result;
  const at = `${target.address}:${target.port}`;
  const url = `${(probe.httpGet?.scheme ?? 'HTTP').toLowerCase()}://${at}${target.path}`;
  if (outcome.kind === 'answered') {
    if (target.protocol === 'http') {
      if (outcome.code === 0)
        return {
          ok: false,
          text: `Get "${url}": net/http: HTTP/1.x transport connection broken: malformed HTTP response`,
        };
      return {
        ok: outcome.code >= 200 && outcome.code < 400,
        text: `HTTP probe failed with statuscode: ${outcome.code}`,
      };
    }
    if (target.protocol === 'grpc' && outcome.code !== 0)
      return { ok: false, text: 'service unhealthy (responded with "NOT_SERVING")' };
    return { ok: true, text: '' };
  }
  const refused = outcome.kind === 'refused';
  switch (target.protocol) {
    case 'http':
      return {
        ok: false,
        text: refused
          ? `Get "${url}": dial tcp ${at}: connect: connection refused`
          : `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      };
    case 'tcp':
      return { ok: false, text: `dial tcp ${at}: ${refused ? 'connect: connection refused' : 'i/o timeout'}` };
    case 'grpc':
      return {
        ok: false,
        text: `timeout: failed to connect service "${at}" within ${timeout}s: context deadline exceeded`,
      };
  }
}

const NAMES: Readonly<Record<ProbeType, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };

/**
 * Counts an outcome. What follows from it (ready, started, to be killed) is told to the caller.
 */
export function probeCounted(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  probe: Probe,
  type: ProbeType,
  outcome: ProbeOutcome,
  ctx: Context,
): 'nothing' | 'changed' | 'kill' {
  const own = work.probes.find((candidate) => candidate.type === type);
  if (own === undefined) return 'nothing';
  if (outcome.ok === null) {
    containerEvent(
      state,
      worker.pod,
      work,
      ctx,
      'Warning',
      'Unhealthy',
      `${NAMES[type]} probe errored and resulted in unknown state: ${outcome.text}`,
    );
    return 'nothing';
  }
  if (!outcome.ok)
    containerEvent(
      state,
      worker.pod,
      work,
      ctx,
      'Warning',
      'Unhealthy',
      `${NAMES[type]} probe failed: ${outcome.text}`,
    );
  own.run = own.lastResult === outcome.ok ? own.run + 1 : 1;
  own.lastResult = outcome.ok;
  own.answeredAt = ctx.monotonic;
  state.probedAt = ctx.monotonic;
  if (own.run < (outcome.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))) return 'nothing';
  if (type === 'readiness') {
    if (work.ready === outcome.ok) return 'nothing';
    work.ready = outcome.ok;
    return 'changed';
  }
  if (!outcome.ok) {
    own.run = 0;
    ctx.explain({
      what: 'probe-kill',
      subject: podSubject(worker.pod),
      text: `Container ${work.name} failed its ${type} probe ${probe.failureThreshold ?? 3} times in a row and is killed.`,
    });
    return 'kill';
  }
  if (type === 'liveness' || work.started) return 'nothing';
  work.started = true;
  return 'changed';
}

/** Startup has succeeded: its probe ends, the others begin. */
export function startupDone(worker: PodWorker, work: ContainerWork, spec: Container, ctx: Context): void {
  stopProbes(work, ctx, ['startup']);
  work.ready = spec.readinessProbe === undefined;
  for (const own of work.probes) {
    const probe = probeOf(spec, own.type);
    if (probe !== undefined) begin(worker, work, own, probe, ctx, false);
  }
}
