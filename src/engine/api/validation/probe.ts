/** Rules of probes and lifecycle hooks. @source kubernetes pkg/apis/core/validation/validation.go (validateProbe, validateHandler) */
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { headerNameErrors, portNameErrors, portNumberErrors } from '../names';
import type { Container, Probe } from '../types';
import { invalidAll, notNegative } from './object-meta';

type Lifecycle = NonNullable<Container['lifecycle']>;
type Handler = NonNullable<Lifecycle['postStart']> & Pick<Probe, 'grpc'>;

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

/** A port by number or by name. */
export function validatePort(port: number | string | undefined, field: string): FieldError[] {
  return typeof port === 'string'
    ? invalidAll(field, port, portNameErrors(port))
    : invalidAll(field, port ?? 0, portNumberErrors(port ?? 0));
}

function validateHandler(handler: Handler, path: string, graceSeconds: number): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const name of HANDLERS) {
    if (handler[name] === undefined) continue;
    const field = `${path}.${name}`;
    if (count++ > 0) {
      errors.push(forbidden(field, 'may not specify more than 1 handler type'));
      continue;
    }
    switch (name) {
      case 'exec':
        if ((handler.exec?.command ?? []).length === 0) errors.push(required(`${field}.command`));
        break;
      case 'httpGet': {
        const get = handler.httpGet;
        if (!get?.path) errors.push(required(`${field}.path`));
        errors.push(...validatePort(get?.port, `${field}.port`));
        if (get?.scheme !== 'HTTP' && get?.scheme !== 'HTTPS') {
          errors.push(notSupported(`${field}.scheme`, get?.scheme ?? '', ['HTTP', 'HTTPS']));
        }
        for (const header of get?.httpHeaders ?? []) {
          errors.push(...invalidAll(`${field}.httpHeaders`, header.name, headerNameErrors(header.name)));
        }
        break;
      }
      case 'tcpSocket':
        errors.push(...validatePort(handler.tcpSocket?.port, `${field}.port`));
        break;
      case 'grpc':
        errors.push(...validatePort(handler.grpc?.port, `${field}.port`));
        break;
      case 'sleep': {
        const seconds = handler.sleep?.seconds ?? 0;
        if (seconds < 0 || seconds > graceSeconds) {
          const detail = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
          errors.push(invalid(field, seconds, detail));
        }
      }
    }
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

const PROBE_NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

function validateProbe(probe: Probe, path: string, graceSeconds: number): FieldError[] {
  const errors = validateHandler(probe, path, graceSeconds);
  for (const name of PROBE_NUMBERS) errors.push(...notNegative(`${path}.${name}`, probe[name]));
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  return errors;
}

/** Hooks and probes of a container, in the order in which the API server looks at them. */
export function validateHooksAndProbes(container: Container, path: string, graceSeconds: number): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const errors: FieldError[] = [];
  if (lifecycle?.postStart)
    errors.push(...validateHandler(lifecycle.postStart, `${path}.lifecycle.postStart`, graceSeconds));
  if (lifecycle?.preStop) errors.push(...validateHandler(lifecycle.preStop, `${path}.lifecycle.preStop`, graceSeconds));
  if (livenessProbe) {
    const field = `${path}.livenessProbe`;
    errors.push(...validateProbe(livenessProbe, field, graceSeconds), ...onlyOneSuccess(livenessProbe, field));
  }
  if (readinessProbe) {
    const field = `${path}.readinessProbe`;
    errors.push(...validateProbe(readinessProbe, field, graceSeconds));
    const grace = readinessProbe.terminationGracePeriodSeconds;
    if (grace !== undefined) {
      errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
    }
  }
  if (startupProbe) {
    const field = `${path}.startupProbe`;
    errors.push(...validateProbe(startupProbe, field, graceSeconds), ...onlyOneSuccess(startupProbe, field));
  }
  return errors;
}

const onlyOneSuccess = (probe: Probe, path: string): FieldError[] =>
  (probe.successThreshold ?? 1) === 1 ? [] : [invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1')];
