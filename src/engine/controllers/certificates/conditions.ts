import type { CertificateSigningRequest } from '#engine/api/types';

type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number];

/** The condition of this type: `Approved`, `Denied`, `Failed`. */
export const conditionNamed = ({ status }: CertificateSigningRequest, type: string): Condition | undefined =>
  (status?.conditions ?? []).find((condition) => condition.type === type);
