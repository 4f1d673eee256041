/** @source kubernetes pkg/apis/core/types.go, pkg/apis/core/validation/validation.go, apimachinery/pkg/util/diff/diff.go */
import './late-api';
import { describe, expect, it } from 'vitest';
import { goDiff, goPodSpec, goValue } from './go-types';

describe('structs of the internal version', () => {
  it('have all their fields', () => {
    const spec = goPodSpec({
      containers: [{ name: 'c', image: 'i', tty: true, resources: { limits: { memory: '1024Mi' } } }],
      hostNetwork: true,
      securityContext: { fsGroup: 5 },
      dnsPolicy: 'ClusterFirst',
      os: { name: 'linux' },
    });
    expect(Object.keys(spec).slice(0, 3)).toEqual(['Volumes', 'InitContainers', 'Containers']);
    expect(spec).toMatchObject({
      Volumes: null,
      Containers: [
        { Name: 'c', Image: 'i', TTY: true, Stdin: false, Resources: { Limits: { memory: '1Gi' }, Requests: null } },
      ],
      DNSPolicy: 'ClusterFirst',
      SecurityContext: { HostNetwork: true, HostPID: false, FSGroup: 5 },
      OS: { Name: 'linux' },
      ServiceAccountName: '',
    });
    expect(spec).not.toHaveProperty('HostNetwork');
  });

  it('differ as a unified diff of their JSON says', () => {
    const claim = (storageClassName?: string): Readonly<Record<string, unknown>> =>
      goValue('PersistentVolumeClaimSpec', {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        ...(storageClassName === undefined ? {} : { storageClassName }),
        volumeMode: 'Filesystem',
      });
    expect(goDiff(claim('slow'), claim())).toBe(`@@ -10,7 +10,7 @@
   }
  },
  "VolumeName": "",
- "StorageClassName": "slow",
+ "StorageClassName": null,
  "VolumeMode": "Filesystem",
  "DataSource": null,
  "DataSourceRef": null,
`);
  });
});
