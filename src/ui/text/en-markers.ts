/** What faults are called, and what is said of a mark on the timeline. */
import type { Marker } from '../state/markers';

export const enFaultNames: Readonly<Record<Exclude<Marker['fault'], ''>, string>> = {
  'power-off': 'power off',
  reboot: 'reboot',
  'kill-process': 'kill',
  'pause-process': 'pause',
  'cut-cable': 'cut cable',
  partition: 'partition',
  latency: 'latency',
  'packet-loss': 'packet loss',
  'clock-skew': 'clock skew',
  'disk-full': 'disk full',
  'disk-slow': 'slow disk',
  'disk-corrupt': 'corrupt disk',
  'etcd-wipe': 'etcd’s data deleted',
  'memory-pressure': 'memory taken',
  'cpu-stress': 'CPU busy',
  'spot-reclaim': 'reclaimed',
  'image-registry-down': 'registry down',
  'dns-down': 'DNS down',
  'rack-outage': 'rack outage',
  'zone-outage': 'zone outage',
};

export const enMarker = ({ what, fault, about }: Marker): string => {
  switch (what) {
    case 'fault':
      return fault === '' ? about : `${enFaultNames[fault]} ${about}`.trim();
    case 'healed':
      return fault === 'power-off'
        ? `power on ${about}`
        : fault === ''
          ? about
          : `${enFaultNames[fault]} ${about} healed`;
    case 'leader':
      return `${about} leads etcd`;
    case 'node-not-ready':
      return `${about} NotReady`;
    case 'node-ready':
      return `${about} Ready`;
  }
};
