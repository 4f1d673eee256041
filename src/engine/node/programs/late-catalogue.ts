// long: data: a row for each image
/** The images that no starting cluster runs. Importing this file puts them into the catalogue. */
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { milliValue } from '#engine/api/quantity';
import type { ContainerConfig } from '../runtime/cri';
import type { TagRule } from '../images/tag-rules';
import { byRepository, DEBIANS, lateCatalogue, MB, MIB, NGINX, PAUSE, REDIS } from './catalogue';
import type { CatalogueImage } from './catalogue-image';
import {
  APACHE_PAGE,
  apacheLog,
  goLog,
  HELLO_LOG,
  HTTP_ECHO_LOG,
  MARIADB_LOG,
  MONGO_LOG,
  MYSQL_LOG,
  POSTGRES_LOG,
  REQUESTS_SERVED,
} from './late-program-texts';
import { http, type ProgramLog, service, type ServicePort, task, tcp, type ServiceProgram } from './program';

const LATEST: TagRule = { versions: [], names: ['latest'], variants: [] };

const HTTPD = service('httpd-foreground', [{ ...http(80, { '/': 200, '/index.html': 200 }, 404), page: APACHE_PAGE }], {
  startup: 150 * MILLISECOND,
  memory: 12 * MIB,
  log: apacheLog('httpd', '{tag}'),
});
const mysqld = (log: ProgramLog): ServiceProgram =>
  service('mysqld', [tcp(3306)], {
    startup: 8 * SECOND,
    memory: 380 * MIB,
    milliCpu: 8,
    onStop: { exitCode: 0, after: 1_500 * MILLISECOND },
    log,
  });
const POSTGRES = service('postgres', [tcp(5432)], {
  startup: 2 * SECOND,
  memory: 40 * MIB,
  milliCpu: 3,
  onStop: { exitCode: 0, after: 200 * MILLISECOND },
  log: POSTGRES_LOG,
});
const web = (name: string, port: number, log: ProgramLog, page = ''): ServiceProgram =>
  service(name, [{ ...http(port), page }], { log });

export const NETEXEC_UDP: ServicePort = {
  port: 8081,
  protocol: 'udp',
  replies: { hostname: '{host}', echo: '{rest}', clientip: '{client}' },
};

/** agnhost's many faces: the first argument says which. */
const AGNHOST: Readonly<Record<string, ServiceProgram>> = {
  pause: PAUSE,
  netexec: service('netexec', [{ ...http(8080), page: 'NOW: {%F %T} +0000 UTC' }, NETEXEC_UDP], {
    log: goLog('Started HTTP server on port 8080'),
  }),
  'serve-hostname': web('serve-hostname', 9376, goLog('Serving on port 9376.'), '{host}'),
  liveness: service('liveness', [{ port: 8080, protocol: 'http', failsAfter: 10 * SECOND, failCode: 500 }]),
  'grpc-health-checking': service('grpc-health-checking', [{ port: 5000, protocol: 'grpc' }, http(8080)]),
};

const STRESS = service('stress', [], { startup: 0, memory: MIB, milliCpu: 0 });

/** `stress --cpu 2 --vm 1 --vm-bytes 150M`, `/stress -cpus 2 -mem-total 150Mi`: so many cores and so much memory. */
function stressed(program: ServiceProgram, { resources }: ContainerConfig, argv: readonly string[]): ServiceProgram {
  const given = (...names: readonly string[]): string | undefined => {
    const at = argv.findIndex((arg) => names.includes(arg.replace(/^--?/, '')));
    return at < 0 ? undefined : argv[at + 1];
  };
  const count = (text = '0'): number => (/^[0-9]{1,4}$/.test(text) ? Number(text) : 0);
  const workers = given('vm', 'm') === undefined ? 0 : count(given('vm', 'm'));
  const memory = workers * bytesIn(given('vm-bytes') ?? '256M') + bytesIn(given('mem-total') ?? '0');
  // A worker that hangs on to its memory sleeps; one that does not, writes it anew all the time.
  const busy = count(given('cpu', 'c', 'cpus')) + (given('vm-hang') === undefined ? workers : 0);
  const limit = resources?.limits?.['cpu'];
  const milliCpu = limit === undefined ? 1000 * busy : Math.min(1000 * busy, milliValue(limit));
  return { ...program, milliCpu, memory: program.memory + memory };
}

const UNITS: Readonly<Record<string, number>> = { K: 1024, M: MIB, G: 1024 * MIB };
function bytesIn(text: string): number {
  const match = /^([0-9]{1,9})([KMG]?)i?[bB]?$/i.exec(text);
  return match === null ? 0 : Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? 1);
}

const MYSQL_NEEDS = {
  oneOf: [
    'MYSQL_ROOT_PASSWORD',
    'MYSQL_ALLOW_EMPTY_PASSWORD',
    'MYSQL_RANDOM_ROOT_PASSWORD',
    'MARIADB_ROOT_PASSWORD',
    'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD',
    'MARIADB_RANDOM_ROOT_PASSWORD',
    'MYSQL_ROOT_PASSWORD_FILE',
  ],
  log:
    '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n' +
    '    You need to specify one of the following as an environment variable:\n' +
    '    - MYSQL_ROOT_PASSWORD\n' +
    '    - MYSQL_ALLOW_EMPTY_PASSWORD\n' +
    '    - MYSQL_RANDOM_ROOT_PASSWORD\n',
};

const CATALOGUE: readonly CatalogueImage[] = [
  {
    repository: 'registry.k8s.io/nginx-slim',
    aliases: ['k8s.gcr.io/nginx-slim', 'gcr.io/google_containers/nginx-slim', 'gcr.io/google_containers/nginx'],
    tags: null,
    size: 42 * MB,
    entrypoint: [],
    cmd: ['nginx', '-g', 'daemon off;'],
    binaries: { nginx: NGINX },
    shell: 'debian',
  },
  {
    repository: 'docker.io/library/httpd',
    tags: { versions: [{ major: 2, from: 2, to: 4, patch: 66 }], names: ['latest'], variants: DEBIANS },
    size: 58 * MB,
    smallSize: 24 * MB,
    entrypoint: [],
    cmd: ['httpd-foreground'],
    binaries: { 'httpd-foreground': HTTPD },
    shell: 'debian',
  },
  {
    repository: 'registry.k8s.io/redis',
    aliases: ['k8s.gcr.io/redis'],
    tags: { versions: [], names: ['e2e', 'v1', 'latest'], variants: [] },
    size: 155 * MB,
    entrypoint: [],
    cmd: ['redis-server', '/etc/redis/redis.conf'],
    binaries: { 'redis-server': REDIS },
    shell: 'debian',
    tools: { 'redis-cli': 'PONG' },
  },
  {
    repository: 'us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower',
    aliases: [
      'gcr.io/google_samples/gb-redis-follower',
      'gcr.io/google-samples/gb-redis-follower',
      'gcr.io/google_samples/gb-redisslave',
      'gcr.io/google-samples/gb-redisslave',
    ],
    tags: {
      versions: [
        { major: 1, from: 0, to: 0 },
        { major: 2, from: 0, to: 0 },
        { major: 3, from: 0, to: 0 },
      ],
      names: ['latest'],
      variants: [],
      prefix: 'v',
    },
    size: 36 * MB,
    entrypoint: [],
    cmd: ['/bin/sh', '-c', '/run.sh'],
    binaries: { '/run.sh': REDIS, 'redis-server': REDIS },
    shell: 'debian',
    tools: { 'redis-cli': 'PONG' },
  },
  {
    repository: 'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend',
    aliases: ['gcr.io/google_samples/gb-frontend', 'gcr.io/google-samples/gb-frontend'],
    tags: {
      versions: [1, 2, 3, 4, 5, 6].map((major) => ({ major, from: 0, to: 0 })),
      names: ['latest'],
      variants: [],
      prefix: 'v',
    },
    size: 338 * MB,
    entrypoint: ['docker-php-entrypoint'],
    cmd: ['apache2-foreground'],
    binaries: {
      'apache2-foreground': service(
        'apache2-foreground',
        [http(80, { '/': 200, '/index.html': 200, '/guestbook.php': 200, '/controllers.js': 200 }, 404)],
        {
          startup: 400 * MILLISECOND,
          memory: 30 * MIB,
          log: apacheLog('apache2', '2.4.10'),
        },
      ),
    },
    shell: 'debian',
  },
  {
    repository: 'docker.io/library/mysql',
    tags: {
      versions: [
        { major: 5, from: 5, to: 7 },
        { major: 8, from: 0, to: 4 },
        { major: 9, from: 0, to: 6 },
      ],
      names: ['latest', 'lts', 'innovation'],
      variants: ['oracle', 'oraclelinux', 'debian'],
    },
    size: 240 * MB,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mysqld'],
    binaries: { mysqld: mysqld(MYSQL_LOG) },
    shell: 'debian',
    tools: { mysqladmin: 'mysqld is alive', mysql: '' },
    needs: MYSQL_NEEDS,
  },
  {
    repository: 'docker.io/library/mariadb',
    tags: {
      versions: [
        { major: 5, from: 5, to: 5 },
        { major: 10, from: 0, to: 11 },
        { major: 11, from: 0, to: 8 },
        { major: 12, from: 0, to: 2 },
      ],
      names: ['latest', 'lts'],
      variants: ['jammy', 'noble', 'ubi', 'focal'],
    },
    size: 120 * MB,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mariadbd'],
    binaries: {
      mariadbd: mysqld(MARIADB_LOG),
      mysqld: mysqld(MARIADB_LOG),
    },
    shell: 'debian',
    tools: {
      'mariadb-admin': 'mysqld is alive',
      mysqladmin: 'mysqld is alive',
      mariadb: '',
      mysql: '',
      'healthcheck.sh': '',
    },
    needs: MYSQL_NEEDS,
  },
  {
    repository: 'docker.io/library/postgres',
    tags: {
      versions: [
        { major: 9, from: 0, to: 6 },
        ...[10, 11, 12, 13, 14, 15, 16, 17, 18].map((major) => ({ major, from: 0, to: 30 })),
      ],
      names: ['latest'],
      variants: DEBIANS,
    },
    size: 160 * MB,
    smallSize: 105 * MB,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['postgres'],
    binaries: { postgres: POSTGRES },
    shell: 'debian',
    tools: { pg_isready: '/var/run/postgresql:5432 - accepting connections', psql: '' },
    needs: {
      oneOf: ['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD'],
      log:
        'Error: Database is uninitialized and superuser password is not specified.\n' +
        '       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser.\n',
    },
  },
  {
    repository: 'docker.io/library/mongo',
    tags: {
      versions: [3, 4, 5, 6, 7, 8].map((major) => ({ major, from: 0, to: 6 })),
      names: ['latest'],
      variants: ['jammy', 'noble', 'focal', 'bionic', 'xenial'],
    },
    size: 270 * MB,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mongod'],
    binaries: {
      mongod: service('mongod', [tcp(27017)], {
        startup: 3 * SECOND,
        memory: 150 * MIB,
        milliCpu: 5,
        log: MONGO_LOG,
      }),
    },
    shell: 'debian',
    tools: { mongosh: '', mongo: '' },
  },
  {
    repository: 'docker.io/library/memcached',
    tags: { versions: [{ major: 1, from: 4, to: 6 }], names: ['latest'], variants: DEBIANS },
    size: 31 * MB,
    smallSize: 5 * MB,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['memcached'],
    binaries: { memcached: service('memcached', [tcp(11211)], { memory: 4 * MIB }) },
    shell: 'debian',
  },
  {
    repository: 'docker.io/library/rabbitmq',
    tags: {
      versions: [
        { major: 3, from: 5, to: 13 },
        { major: 4, from: 0, to: 2 },
      ],
      names: ['latest', 'management'],
      variants: ['management', 'alpine'],
    },
    size: 130 * MB,
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['rabbitmq-server'],
    binaries: {
      'rabbitmq-server': service('rabbitmq-server', [tcp(5672), http(15672)], {
        startup: 9 * SECOND,
        memory: 130 * MIB,
        milliCpu: 10,
      }),
    },
    shell: 'debian',
    tools: { 'rabbitmq-diagnostics': '', rabbitmqctl: '' },
  },
  {
    repository: 'docker.io/library/busybox',
    aliases: [
      'registry.k8s.io/busybox',
      'k8s.gcr.io/busybox',
      'gcr.io/google_containers/busybox',
      'registry.k8s.io/e2e-test-images/busybox',
    ],
    tags: {
      versions: [{ major: 1, from: 20, to: 38, patch: 4 }],
      names: ['latest', 'stable', 'unstable', 'glibc', 'musl', 'uclibc'],
      variants: ['glibc', 'musl', 'uclibc', '#'],
    },
    size: 2.2 * MB,
    entrypoint: [],
    cmd: ['sh'],
    binaries: {},
    shell: 'busybox',
  },
  {
    repository: 'docker.io/library/alpine',
    tags: {
      versions: [
        { major: 2, from: 6, to: 7 },
        { major: 3, from: 1, to: 23, patch: 10 },
      ],
      names: ['latest', 'edge'],
      variants: [],
    },
    size: 3.8 * MB,
    entrypoint: [],
    cmd: ['/bin/sh'],
    binaries: {},
    shell: 'busybox',
  },
  {
    repository: 'docker.io/library/debian',
    tags: {
      versions: [7, 8, 9, 10, 11, 12, 13].map((major) => ({ major, from: 0, to: 13 })),
      names: ['latest', 'stable', 'testing', 'unstable', 'sid', ...DEBIANS],
      variants: ['slim', 'backports', '#'],
    },
    size: 49 * MB,
    smallSize: 28 * MB,
    entrypoint: [],
    cmd: ['bash'],
    binaries: {},
    shell: 'debian',
  },
  {
    repository: 'docker.io/library/ubuntu',
    tags: {
      versions: [12, 14, 16, 18, 20, 22, 24, 26]
        .map((major) => ({ major, from: 4, to: 4 }))
        .concat([23, 24, 25].map((major) => ({ major, from: 10, to: 10 }))),
      names: ['latest', 'rolling', 'devel', 'focal', 'jammy', 'noble', 'bionic', 'xenial', 'trusty'],
      variants: ['#'],
    },
    size: 30 * MB,
    entrypoint: [],
    cmd: ['/bin/bash'],
    binaries: {},
    shell: 'debian',
  },
  {
    repository: 'docker.io/library/perl',
    tags: {
      versions: [{ major: 5, from: 18, to: 42 }],
      names: ['latest', 'stable', 'slim'],
      variants: [...DEBIANS, 'threaded'],
    },
    size: 360 * MB,
    smallSize: 55 * MB,
    entrypoint: [],
    cmd: ['perl', '-de0'],
    binaries: { perl: task('perl', 5, '3.14159265358979323846264338327950288419716939937510\n') },
    shell: 'debian',
  },
  {
    repository: 'registry.k8s.io/e2e-test-images/agnhost',
    aliases: ['registry.k8s.io/agnhost', 'k8s.gcr.io/e2e-test-images/agnhost'],
    tags: { versions: [{ major: 2, from: 0, to: 60 }], names: [], variants: [] },
    size: 50 * MB,
    entrypoint: ['/agnhost'],
    cmd: ['pause'],
    binaries: AGNHOST,
    shell: 'busybox',
  },
  {
    repository: 'registry.k8s.io/e2e-test-images/echoserver',
    aliases: ['registry.k8s.io/echoserver', 'k8s.gcr.io/echoserver', 'gcr.io/google_containers/echoserver'],
    tags: {
      versions: [
        { major: 1, from: 0, to: 10 },
        { major: 2, from: 0, to: 5 },
      ],
      names: ['latest'],
      variants: [],
    },
    size: 46 * MB,
    entrypoint: [],
    cmd: ['/usr/local/bin/run.sh'],
    binaries: {
      '/usr/local/bin/run.sh': web(
        'nginx',
        8080,
        { stdout: 'Generating self-signed cert\nStarting nginx\n' },
        'CLIENT VALUES:\nclient_address={client}\ncommand={method}\nreal path={path}\n',
      ),
    },
    shell: 'debian',
  },
  {
    repository: 'gcr.io/google-samples/hello-app',
    aliases: ['us-docker.pkg.dev/google-samples/containers/gke/hello-app', 'gcr.io/google_samples/hello-app'],
    tags: {
      versions: [
        { major: 1, from: 0, to: 0 },
        { major: 2, from: 0, to: 0 },
      ],
      names: ['latest'],
      variants: [],
    },
    size: 11 * MB,
    entrypoint: ['/hello-app'],
    cmd: [],
    binaries: {
      '/hello-app': web('hello-app', 8080, HELLO_LOG, 'Hello, world!\nVersion: {tag}.0\nHostname: {host}\n'),
    },
    shell: 'none',
  },
  {
    repository: 'gcr.io/google-samples/node-hello',
    tags: {
      versions: [
        { major: 1, from: 0, to: 0 },
        { major: 2, from: 0, to: 0 },
      ],
      names: ['latest'],
      variants: [],
    },
    size: 260 * MB,
    entrypoint: [],
    cmd: ['node', 'server.js'],
    binaries: {
      node: service('node', [{ ...http(8080), page: 'Hello Kubernetes!' }], {
        startup: 300 * MILLISECOND,
        memory: 35 * MIB,
        onStop: null,
      }),
    },
    shell: 'debian',
  },
  {
    repository: 'registry.k8s.io/hpa-example',
    aliases: ['k8s.gcr.io/hpa-example'],
    tags: LATEST,
    size: 130 * MB,
    entrypoint: [],
    cmd: ['apache2-foreground'],
    binaries: {
      'apache2-foreground': service('apache2-foreground', [{ ...http(80), page: 'OK!' }], {
        startup: 300 * MILLISECOND,
        memory: 12 * MIB,
        // A million square roots.
        perRequest: { cpu: 20 * MILLISECOND, memory: 262_144 },
      }),
    },
    shell: 'debian',
  },
  {
    repository: 'registry.k8s.io/metrics-server/metrics-server',
    tags: {
      versions: [
        { major: 0, from: 4, to: 5, patch: 2 },
        { major: 0, from: 6, to: 8, patch: 4 },
      ],
      names: [],
      variants: [],
      prefix: 'v',
    },
    size: 20 * MB,
    entrypoint: ['/metrics-server'],
    cmd: [],
    binaries: {},
    shell: 'none',
    nonRoot: true,
  },
  {
    repository: 'registry.k8s.io/prometheus-adapter/prometheus-adapter',
    tags: { versions: [{ major: 0, from: 9, to: 12, patch: 0 }], names: [], variants: [], prefix: 'v' },
    size: 30 * MB,
    entrypoint: ['/adapter'],
    cmd: [],
    binaries: {},
    shell: 'none',
    nonRoot: true,
  },
  {
    repository: 'docker.io/luxas/autoscale-demo',
    tags: { versions: [{ major: 0, from: 1, to: 1, patch: 2 }], names: [], variants: [], prefix: 'v' },
    size: 20 * MB,
    entrypoint: [],
    cmd: ['node', 'server.js'],
    binaries: {
      node: service('node', [{ ...http(8080), pages: { '/metrics': REQUESTS_SERVED } }], { memory: 30 * MIB }),
    },
    shell: 'busybox',
  },
  {
    repository: 'docker.io/polinux/stress',
    tags: { versions: [{ major: 1, from: 0, to: 0, patch: 4 }], names: ['latest'], variants: [] },
    size: 4 * MB,
    entrypoint: [],
    cmd: ['/usr/local/bin/stress'],
    binaries: { stress: STRESS },
    configured: stressed,
    shell: 'busybox',
  },
  {
    repository: 'docker.io/vish/stress',
    tags: LATEST,
    size: 1.6 * MB,
    entrypoint: ['/stress'],
    cmd: ['-logtostderr'],
    binaries: { '/stress': STRESS },
    configured: stressed,
    shell: 'none',
  },
  {
    repository: 'docker.io/hashicorp/http-echo',
    tags: {
      versions: [
        { major: 0, from: 1, to: 2 },
        { major: 1, from: 0, to: 0 },
      ],
      names: ['latest'],
      variants: ['alpine'],
    },
    size: 4 * MB,
    entrypoint: ['/http-echo'],
    cmd: [],
    binaries: { '/http-echo': web('http-echo', 5678, HTTP_ECHO_LOG, 'hello-world\n') },
    shell: 'none',
    nonRoot: true,
  },
  {
    repository: 'docker.io/traefik/whoami',
    aliases: ['docker.io/containous/whoami'],
    tags: { versions: [{ major: 1, from: 0, to: 11 }], names: ['latest'], variants: [], prefix: 'v' },
    size: 2.8 * MB,
    entrypoint: ['/whoami'],
    cmd: [],
    binaries: {
      '/whoami': web(
        'whoami',
        80,
        goLog('Starting up on port 80'),
        'Hostname: {host}\nIP: 127.0.0.1\nRemoteAddr: {client}:41234\n{method} {path} HTTP/1.1\nUser-Agent: {agent}\n',
      ),
    },
    shell: 'none',
  },
  {
    repository: 'ghcr.io/stefanprodan/podinfo',
    aliases: ['docker.io/stefanprodan/podinfo'],
    tags: { versions: [3, 4, 5, 6].map((major) => ({ major, from: 0, to: 14 })), names: ['latest'], variants: [] },
    size: 31 * MB,
    entrypoint: [],
    cmd: ['./podinfo'],
    binaries: {
      podinfo: service('podinfo', [http(9898), { port: 9999, protocol: 'grpc' }], {
        memory: 20 * MIB,
        onStop: { exitCode: 0, after: 3 * SECOND },
      }),
    },
    shell: 'busybox',
    tools: { podcli: '', curl: '' },
    nonRoot: true,
  },
];

lateCatalogue.provide(byRepository(CATALOGUE));
