/**
 * How a kubelet that has no certificate gets one: with the token of `bootstrap-kubelet.conf` it asks for one in its node's name, waits
 * until somebody has approved and signed the request, and goes on with what it got.
 *
 * @source kubernetes pkg/kubelet/certificate/{kubelet,bootstrap/bootstrap}.go, client-go util/certificate/{certificate_manager,csr/csr}.go
 * @simplified no certificate expires, and none is renewed
 */
import { encodeBase64 } from '#engine/api/base64';
import { certificateRequest } from '#engine/api/certificate';
import type { CertificateSigningRequest } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import { newClient, receive, reflect, request, startClient } from '#engine/client/client';
import { cancelRequest } from '#engine/client/connection';
import type { Context, Message } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import type { BootstrapKubeconfig, KubeletState, TlsBootstrap } from './state';

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const CERTIFICATE_FILE = 'var/lib/kubelet/pki/kubelet-client-current.pem';
/** The first back-off. @source certificate_manager.go (rotateCerts) */
const ASK_AGAIN_AFTER: Micros = 2 * SECOND;
const ASK: Message = Object.freeze({ type: 'kubelet/ask-certificate' });

/** Begins to ask. */
export function beginBootstrap(ctx: Context, node: string, kubeconfig: BootstrapKubeconfig): TlsBootstrap {
  const { endpoint, token } = kubeconfig;
  const client = newClient({
    servers: ctx.balanced(ctx.lookUp(endpoint)),
    endpoint,
    userAgent: 'kubelet/v1.35.5 (linux/amd64)',
    credentials: { token },
    qps: 0,
    burst: 0,
  });
  const bootstrap: TlsBootstrap = { client, name: '' };
  ask(bootstrap, ctx, node);
  return bootstrap;
}

function ask({ client }: TlsBootstrap, ctx: Context, node: string): void {
  const subject = { commonName: `system:node:${node}`, organizations: ['system:nodes'] };
  const body = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { generateName: 'csr-' },
    spec: {
      request: encodeBase64(certificateRequest(subject)),
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['digital signature', 'client auth'],
    },
  };
  request(client, ctx, { method: 'POST', path: REQUESTS, body }, { type: 'kubelet/certificate-asked' });
}

/** @returns true once the kubelet has its certificate */
export function bootstrapHeard(state: KubeletState, bootstrap: TlsBootstrap, message: Message, ctx: Context): boolean {
  const { client } = bootstrap;
  if (message.type === ASK.type) ask(bootstrap, ctx, state.args.node.name);
  for (const delivery of receive(client, message, ctx) ?? []) {
    if (delivery.type !== 'answer') continue;
    if (!delivery.ok) ctx.after(ASK_AGAIN_AFTER, ASK);
    else {
      bootstrap.name = (delivery.body as CertificateSigningRequest).metadata.name;
      reflect(client, 'CertificateSigningRequest', { fieldSelector: `metadata.name=${bootstrap.name}` });
      startClient(client, ctx);
    }
  }
  if (bootstrap.name === '') return false;
  const found = cacheOf(client, 'CertificateSigningRequest').get('', bootstrap.name);
  const certificate = found?.status?.certificate ?? '';
  if (certificate === '') return false;
  ctx.disk.replace(CERTIFICATE_FILE, [certificate], certificate.length);
  ctx.disk.sync(CERTIFICATE_FILE, { type: 'kubelet/stored' });
  ctx.disk.remove(state.args.bootstrapFile ?? '');
  for (const id of [...client.outstanding.keys()]) cancelRequest(client, ctx, id);
  ctx.cancel(client.alarm?.timer ?? null);
  return true;
}
