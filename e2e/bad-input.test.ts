import { expect, test, type Page } from '@playwright/test';
import { applyManifest, manifestBox, openCluster, outcome, pause, virtualSeconds } from './cluster-page';

const shop = (change: (manifest: string) => string): string =>
  change(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 3
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: server
          image: nginx:1.27
`);

/** Ten levels of ten aliases each: ten thousand million strings. */
function aliasBomb(): string {
  const levels = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 10; level++) {
    levels.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  }
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${levels.join('\n')}\n`;
}

interface Case {
  readonly what: string;
  readonly manifest: string;
  readonly error: string;
  /** Text of the line that is marked; null: the error is about the whole text. */
  readonly marked: string | null;
}

const CASES: readonly Case[] = [
  {
    what: 'invalid YAML',
    manifest: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n bad: y\n',
    error: 'error: error parsing STDIN: error converting YAML to JSON: yaml: line 5: did not find expected key',
    marked: ' bad: y',
  },
  {
    what: 'an unknown kind',
    manifest: shop((manifest) => manifest.replace('kind: Deployment', 'kind: Deploymnt')),
    error:
      'error: resource mapping not found for name: "shop" namespace: "" from "STDIN": no matches for kind "Deploymnt" in version "apps/v1"\n' +
      'ensure CRDs are installed first',
    marked: 'kind: Deploymnt',
  },
  {
    what: 'a wrong type',
    manifest: shop((manifest) => manifest.replace('replicas: 3', 'replicas: three')),
    error:
      'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: ' +
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    marked: '  replicas: three',
  },
  {
    what: 'a missing required field',
    manifest: shop((manifest) => manifest.replace('- name: server\n          image', '- image')),
    error: 'The Deployment "shop" is invalid: spec.template.spec.containers[0].name: Required value',
    marked: '        - image: nginx:1.27',
  },
  {
    what: 'an unknown field',
    manifest: shop((manifest) => manifest.replace('replicas: 3', 'replica: 3')),
    error:
      'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: ' +
      'strict decoding error: unknown field "spec.replica"',
    marked: '  replica: 3',
  },
  {
    what: 'a name that is no DNS label',
    manifest: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: My_Service\nspec:\n  ports: [{port: 80}]\n',
    error:
      'The Service "My_Service" is invalid: metadata.name: Invalid value: "My_Service": a DNS-1035 label must consist of ' +
      "lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character " +
      "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    marked: '  name: My_Service',
  },
  {
    what: 'a duplicate',
    manifest: shop((manifest) => `${manifest}        - name: server\n          image: redis:7.4\n`),
    error: 'The Deployment "shop" is invalid: spec.template.spec.containers[1].name: Duplicate value: "server"',
    marked: '        - name: server',
  },
  {
    what: 'a stale resourceVersion',
    manifest:
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  resourceVersion: "1"\nspec:\n  selector: {app: other}\n  ports: [{port: 80}]\n',
    error:
      'for: "STDIN": error when patching "STDIN": Operation cannot be fulfilled on services "web": the object has been ' +
      'modified; please apply your changes to the latest version and try again',
    marked: 'apiVersion: v1',
  },
  {
    what: 'a paste of 5 MB',
    manifest: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\ndata:\n${'  k: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n'.repeat(90_000)}`,
    error: 'error: Request entity too large: limit is 3145728',
    marked: 'apiVersion: v1',
  },
  {
    what: 'an alias bomb',
    manifest: aliasBomb(),
    error: 'error: error parsing STDIN: error converting YAML to JSON: yaml: document contains excessive aliasing',
    marked: null,
  },
];

const COLLECTIONS = [
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/api/v1/pods',
  '/api/v1/services',
  '/api/v1/configmaps',
];

/** Names and versions of all that manifests here could have changed, as the API server has them. */
async function holdings(page: Page): Promise<readonly string[]> {
  return page.evaluate(async (paths) => {
    const found: string[] = [];
    for (const path of paths) {
      const answer = await kubarium.link.input({ type: 'request', ticket: crypto.randomUUID(), method: 'GET', path });
      const list = answer?.body as { items: { metadata: { name: string; resourceVersion: string } }[] } | undefined;
      for (const { metadata } of list?.items ?? []) found.push(`${path} ${metadata.name} ${metadata.resourceVersion}`);
    }
    return found;
  }, COLLECTIONS);
}

const markedLines = (page: Page) =>
  manifestBox(page).locator('.cm-line', { has: page.locator('.cm-lintRange-error, .cm-lintPoint-error') });

test.describe('bad input', () => {
  test('each is refused in Kubernetes’ words, at its line, and the cluster is as it was', async ({ page }) => {
    await openCluster(page);
    await pause(page);
    const paused = await virtualSeconds(page);
    const before = await holdings(page);
    expect(before.length).toBeGreaterThan(10);

    for (const { what, manifest, error, marked } of CASES) {
      await test.step(what, async () => {
        await applyManifest(page, manifest);
        await expect(outcome(page)).toContainText(error);
        if (marked === null) return;
        await expect(markedLines(page).first()).toHaveText(marked);
        await expect(markedLines(page).first()).toBeInViewport();
      });
    }
    expect(await holdings(page)).toEqual(before);
    // While the clock stands still it goes on only as far as the answers need.
    expect((await virtualSeconds(page)) - paused).toBeLessThan(5);
  });

  test('an empty editor says what to do', async ({ page }) => {
    await openCluster(page);
    await applyManifest(page, '  \n');
    await expect(outcome(page)).toHaveText('Nothing to apply: paste a manifest, or take a sample.');
  });

  test('after an error the corrected text is applied and the mark is gone', async ({ page }) => {
    await openCluster(page);
    await applyManifest(
      page,
      shop((manifest) => manifest.replace('replicas', 'replica')),
    );
    await expect(markedLines(page)).toHaveCount(1);
    await applyManifest(
      page,
      shop((manifest) => manifest),
    );
    await expect(outcome(page)).toHaveText('deployment.apps/shop created');
    await expect(markedLines(page)).toHaveCount(0);
  });
});
