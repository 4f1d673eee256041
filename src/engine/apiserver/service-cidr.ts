import type { Creation } from './creation';
import type { ApiServerArgs } from './state';

/** The range that an API server gives addresses from, as an object. @source kubernetes pkg/controlplane/controller/defaultservicecidr */
export const defaultServiceCidr = ({ serviceCidr }: ApiServerArgs): Creation => {
  const spec = { cidrs: [serviceCidr] };
  return {
    path: '/apis/networking.k8s.io/v1/servicecidrs',
    body: { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, ...{ spec } },
  };
};
