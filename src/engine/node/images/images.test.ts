import '../programs/late-catalogue';
import { describe, expect, it } from 'vitest';
import { invalidImageNameMessage, parseImageReference } from './reference';
import { resolveImage } from './registry';

const resolve = (image: string): string => {
  const reference = parseImageReference(image);
  if (reference === null) return 'invalid';
  const found = resolveImage(reference);
  return typeof found === 'string' ? found : 'found';
};

describe('image references', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['docker.io/redis:6.0.5', 'docker.io/library/redis:6.0.5'],
    ['team/app', 'docker.io/team/app:latest'],
    ['localhost:5000/app:v1', 'localhost:5000/app:v1'],
    [
      'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5',
      'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5',
    ],
  ])('%s means %s', (image, canonical) => {
    expect(parseImageReference(image)?.canonical).toBe(canonical);
  });

  it.each(['', 'Nginx', 'nginx:', 'a b', 'nginx:la test', 'gcr.io/<project>/job'])('"%s" is no image name', (image) => {
    expect(parseImageReference(image)).toBeNull();
  });

  it('says why a name is invalid', () => {
    expect(invalidImageNameMessage('Nginx')).toBe(
      'Failed to apply default image tag "Nginx": couldn\'t parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase',
    );
  });
});

describe('the registries', () => {
  it.each([
    'nginx',
    'nginx:1.14.2',
    'nginx:1.16.1',
    'nginx:1.27-alpine',
    'nginx:alpine3.20',
    'nginx:stable-alpine-slim',
    'redis:6.0.5',
    'redis:alpine',
    'redis:8.0.2',
    'busybox:1.28',
    'postgres:15-alpine',
    'mysql:5.7',
    'mysql:9',
    'registry.k8s.io/redis:e2e',
    'registry.k8s.io/pause:3.10.1',
    'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5',
    'us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower:v2',
    'registry.k8s.io/e2e-test-images/agnhost:2.40',
    'gcr.io/google-samples/hello-app:2.0',
    'example.com/team/app:v3',
    'ubuntu:24.04',
    'debian:bookworm-slim',
    'perl:5.34.0',
    'httpd:2.4',
    'mongo:4.0',
    'memcached:1.6',
  ])('have %s', (image) => {
    expect(resolve(image)).toBe('found');
  });

  it.each([
    'nginx:1.161',
    'nginx:1.91',
    'nginx:does-not-exist',
    'redis:99',
    'busybox:latst',
    'example.com/app:nonexistent',
  ])('do not have %s', (image) => {
    expect(resolve(image)).toBe('not-found');
  });

  it('deny a repository of Docker Hub that does not exist', () => {
    expect(resolve('does-not-exist')).toBe('denied');
  });

  it('always give the same image the same digests, and a pinned one the digest that it is pinned to', () => {
    const digest = `sha256:${'0a'.repeat(32)}`;
    const [tagged, again, pinned] = ['nginx:1.27', 'docker.io/library/nginx:1.27', `nginx@${digest}`].map((image) =>
      resolveImage(parseImageReference(image)!),
    );
    expect(tagged).toEqual(again);
    expect(tagged).toMatchObject({
      size: 72_000_000,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    expect(pinned).toMatchObject({ digest });
  });
});
