/**
 * The images that are known here, as data: in this file those that starting clusters run, the others in `late-catalogue.ts`.
 * Sizes are those of linux/amd64, compressed. Adding one is adding a row. An image that is not listed still runs: see
 * `images/registry.ts`.
 */
import { LateCode } from '#engine/late/late-code';
import { MILLISECOND } from '#engine/kernel/time';
import type { CatalogueImage } from './catalogue-image';
import { service, task, tcp } from './program';
import { NGINX_ERROR_PAGE, NGINX_LOG, NGINX_PAGE, REDIS_LOG } from './program-texts';

export const MB = 1_000_000;
export const MIB = 1_048_576;
export const DEBIANS = ['bookworm', 'bullseye', 'buster', 'trixie', 'slim', 'alpine'];

export const NGINX = service(
  'nginx',
  [
    {
      port: 80,
      protocol: 'http',
      paths: { '/': 200, '/index.html': 200, '/50x.html': 200 },
      otherwise: 404,
      page: NGINX_PAGE,
      errorPage: NGINX_ERROR_PAGE,
    },
  ],
  { startup: 80 * MILLISECOND, memory: 8 * MIB, log: NGINX_LOG, perRequest: { cpu: 100, memory: 4096 } },
);
/** `nginx -t` reads its configuration and ends. */
const NGINX_TEST = task(
  'nginx',
  0,
  'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful',
);
export const REDIS = service('redis-server', [tcp(6379)], {
  startup: 100 * MILLISECOND,
  memory: 8 * MIB,
  milliCpu: 2,
  log: REDIS_LOG,
});
export const PAUSE = service('/pause', [], {
  startup: 0,
  memory: MIB / 4,
  milliCpu: 0,
  onStop: { exitCode: 0, after: 0 },
});

const CATALOGUE: readonly CatalogueImage[] = [
  {
    repository: 'docker.io/library/nginx',
    tags: {
      versions: [{ major: 1, from: 7, to: 29, patch: 16 }],
      names: ['latest', 'stable', 'mainline', 'perl'],
      variants: [...DEBIANS, 'perl', 'otel'],
    },
    size: 72 * MB,
    smallSize: 21 * MB,
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    binaries: { nginx: NGINX },
    configured: (program, _config, argv) => (argv.some((arg) => /^-[tT]$/.test(arg)) ? NGINX_TEST : program),
    shell: 'debian',
    tools: { curl: '' },
  },
  {
    repository: 'docker.io/library/redis',
    tags: {
      versions: [
        { major: 2, from: 6, to: 8 },
        { major: 3, from: 0, to: 2 },
        { major: 4, from: 0, to: 0 },
        { major: 5, from: 0, to: 0 },
        { major: 6, from: 0, to: 2 },
        { major: 7, from: 0, to: 4 },
        { major: 8, from: 0, to: 8 },
      ],
      names: ['latest'],
      variants: DEBIANS,
    },
    size: 50 * MB,
    smallSize: 17 * MB,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['redis-server'],
    binaries: { 'redis-server': REDIS },
    shell: 'debian',
    tools: { 'redis-cli': 'PONG' },
  },
  {
    repository: 'registry.k8s.io/pause',
    aliases: [
      'k8s.gcr.io/pause',
      'gcr.io/google_containers/pause',
      'docker.io/kubernetes/pause',
      'gcr.io/google-containers/pause',
    ],
    tags: {
      versions: [
        { major: 0, from: 8, to: 8 },
        { major: 1, from: 0, to: 0 },
        { major: 2, from: 0, to: 0 },
        { major: 3, from: 0, to: 10 },
      ],
      names: ['latest', 'go'],
      variants: [],
    },
    size: 320_000,
    entrypoint: ['/pause'],
    cmd: [],
    binaries: { '/pause': PAUSE },
    shell: 'none',
    nonRoot: true,
  },
];

/** The rows of a catalogue by canonical repository name. */
export function byRepository(rows: readonly CatalogueImage[]): ReadonlyMap<string, CatalogueImage> {
  const images = new Map<string, CatalogueImage>();
  for (const image of rows) for (const name of [image.repository, ...(image.aliases ?? [])]) images.set(name, image);
  return images;
}

const known = byRepository(CATALOGUE);
export const lateCatalogue = new LateCode<ReadonlyMap<string, CatalogueImage>>('the rest of the catalogue of images');

/** The control plane's own, which starting clusters run and no row describes. */
const COMPONENT = /^registry\.k8s\.io\/(kube-|etcd$)/;

/** The catalogue's row for a canonical repository name. */
export const catalogueImage = (repository: string): CatalogueImage | undefined =>
  known.get(repository) ?? (COMPONENT.test(repository) ? undefined : lateCatalogue.code.get(repository));
