/** Lets those plug-ins alone of which a starting cluster has no need (`rare.ts`) until there is need of them. */
import type { KubeObject, Pod } from '#engine/api/types';
import { lateAnswers } from '../../late';
import type { Surroundings } from '../../surroundings';
import { admit, type AdmissionPlugin, type AdmissionRequest, inTurn } from '../plugin';

const KINDS: ReadonlySet<string> = new Set([
  'CertificateSigningRequest',
  'Ingress',
  'PersistentVolume',
  'PersistentVolumeClaim',
]);

const concerns = ({ info, verb, subresource }: AdmissionRequest, object: KubeObject): boolean => {
  if (info.kind !== 'Pod') return KINDS.has(info.kind);
  if (verb !== 'create' || subresource !== '') return false;
  const { spec } = object as Pod;
  return spec.runtimeClassName !== undefined || spec.overhead !== undefined;
};

export const rareMutations: AdmissionPlugin = (request, object, around) =>
  concerns(request, object) ? inTurn(lateAnswers.code.rarePlugins.mutating, request, object, around) : admit(object);

export const rareRefusals: AdmissionPlugin = (request, object, around) =>
  concerns(request, object) ? inTurn(lateAnswers.code.rarePlugins.validating, request, object, around) : admit(object);

const LIMITED: ReadonlySet<string> = new Set(['Pod', 'PersistentVolumeClaim']);

const hasLimits = ({ info, namespace }: AdmissionRequest, around: Surroundings): boolean =>
  LIMITED.has(info.kind) && around.all('limitranges', namespace).length > 0;

export const limitRangerGate: AdmissionPlugin = (request, object, around) =>
  hasLimits(request, around) ? lateAnswers.code.rarePlugins.limitRanger(request, object, around) : admit(object);

export const limitBoundsGate: AdmissionPlugin = (request, object, around) =>
  hasLimits(request, around) ? lateAnswers.code.rarePlugins.limitRangerBounds(request, object, around) : admit(object);
