/** The plug-ins that have nothing to do in a starting cluster, in Kubernetes' order. */
import type { AdmissionPlugin } from '../plugin';
import { certificates } from './certificates';
import { defaultClass } from './default-class';
import { limitRanger, limitRangerBounds } from './limit-ranger';
import { runtimeClass, runtimeClassOverhead } from './runtime-class';
import { claimResize, storageProtection } from './storage';

export interface RarePlugins {
  /** Where a namespace has limit ranges. */
  readonly limitRanger: AdmissionPlugin;
  readonly limitRangerBounds: AdmissionPlugin;
  /** For the kinds of `gate.ts`. */
  readonly mutating: readonly AdmissionPlugin[];
  readonly validating: readonly AdmissionPlugin[];
}

export const rarePlugins: RarePlugins = {
  limitRanger,
  limitRangerBounds,
  mutating: [certificates, storageProtection, defaultClass, runtimeClass],
  validating: [claimResize, runtimeClassOverhead],
};
