/** What a learner does in the terminal: kubectl as on a laptop, beside the stage on which it shows. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { inspector, openCluster, pods, setSpeed } from './cluster-page';

const terminal = (page: Page): Locator => page.getByTestId('terminal');

/** Opens the terminal by its key. */
async function openTerminal(page: Page): Promise<void> {
  await page.keyboard.press('Control+Backquote');
  await expect(terminal(page)).toContainText('laptop$');
  await expect(page.getByRole('textbox', { name: 'Terminal of the laptop' })).toBeFocused();
}

/** Types a command and waits until its last words are there. */
async function run(page: Page, line: string, says: string | RegExp): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  await expect(terminal(page)).toContainText(says);
  await expect(terminal(page)).toHaveAttribute('data-running', 'false');
}

test.describe('the terminal', () => {
  test('runs kubectl: an app comes, is scaled, is described and goes, on the stage as in the words', async ({
    page,
  }) => {
    await openCluster(page);
    await openTerminal(page);
    await setSpeed(page, 10);
    await terminal(page).click();
    await run(page, 'kubectl create deployment shop --image=nginx:1.27 --replicas=2', 'deployment.apps/shop created');
    await expect(pods(page, { of: 'shop-', state: 'Running' })).toHaveCount(2);
    await run(page, 'kubectl scale deployment shop --replicas=4', 'deployment.apps/shop scaled');
    await expect(pods(page, { of: 'shop-', state: 'Running' })).toHaveCount(4);
    await run(page, 'kubectl get pods -l app=shop | grep -c Running', /-c Running\s*4/);
    await run(page, 'kubectl get shops', `error: the server doesn't have a resource type "shops"`);
    await run(page, 'kubectl delete deployment shop', 'deployment.apps "shop" deleted');
    await expect(pods(page, { of: 'shop-' })).toHaveCount(0);
  });

  test('completes names, remembers lines, and Ctrl-C ends what would go on', async ({ page }) => {
    await openCluster(page);
    await openTerminal(page);
    await page.keyboard.type('kubectl get nod');
    await page.keyboard.press('Tab');
    await page.keyboard.type('node-1');
    await page.keyboard.press('Enter');
    await expect(terminal(page)).toContainText(/node-1 +Ready/);
    await expect(terminal(page)).toHaveAttribute('data-running', 'false');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.type(' -w');
    await page.keyboard.press('Enter');
    await expect(terminal(page)).toContainText('kubectl get nodes node-1 -w');
    await expect(terminal(page)).toHaveAttribute('data-running', 'true');
    await page.keyboard.press('Control+c');
    await expect(terminal(page)).toHaveAttribute('data-running', 'false');
    await page.keyboard.press('Control+Backquote');
    await expect(terminal(page)).toBeHidden();
  });

  test('pages through what is long with less, and comes back to what was there', async ({ page }) => {
    await openCluster(page);
    await openTerminal(page);
    await run(page, 'echo before', 'before');
    await page.keyboard.type('kubectl explain pod.spec --recursive | less');
    await page.keyboard.press('Enter');
    await expect(terminal(page)).toContainText('KIND:       Pod');
    await expect(terminal(page)).not.toContainText('laptop$');
    await page.keyboard.type('G');
    await expect(terminal(page)).toContainText('(END)');
    await page.keyboard.type('g/topologySpread');
    await page.keyboard.press('Enter');
    await expect(terminal(page)).toContainText('topologySpreadConstraints');
    await page.keyboard.type('/nowhere');
    await page.keyboard.press('Enter');
    await expect(terminal(page)).toContainText('Pattern not found');
    await page.keyboard.type('q');
    await expect(terminal(page)).toContainText('before');
    await run(page, 'echo after', /echo after\s*after\s*laptop/); // also what is typed before the prompt is there
  });

  test('a learner rolls out, breaks it, finds out why and rolls back', async ({ page }) => {
    await openCluster(page);
    await openTerminal(page);
    await setSpeed(page, 10);
    await terminal(page).click();
    await run(page, 'kubectl create deployment shop --image=nginx:1.26 --replicas=3', 'deployment.apps/shop created');
    await run(page, 'kubectl rollout status deployment/shop', 'successfully rolled out');
    await run(page, 'clear', 'laptop$');
    await run(page, 'kubectl set image deployment/shop nginx=nginx:1.27', 'deployment.apps/shop image updated');
    await run(page, 'kubectl rollout status deployment/shop', 'successfully rolled out');
    await run(page, 'kubectl set image deployment/shop nginx=nginx:1.170', 'deployment.apps/shop image updated');
    await run(
      page,
      'kubectl rollout status deployment/shop --timeout=40s',
      'error: timed out waiting for the condition',
    );
    await run(page, 'kubectl get pods -l app=shop', /shop-\S+ +0\/1 +(ErrImagePull|ImagePullBackOff)/);
    await run(page, 'kubectl describe pods -l app=shop | grep Failed | tail -1', 'Failed');
    await run(page, 'kubectl events --types=Warning | grep 1.170 | head -1', /Failed to pull image\s+"nginx:1.170"/);
    await run(page, 'kubectl rollout undo deployment/shop', 'deployment.apps/shop rolled back');
    await run(page, 'kubectl rollout status deployment/shop', 'successfully rolled out');
    await run(page, 'kubectl get deployment shop -o wide', /shop +3\/3 +3 +3 .*nginx:1\.27/);
    await expect(pods(page, { of: 'shop-', state: 'Running' })).toHaveCount(3);
  });

  test('opens an editor where a command asks for one, and goes on with what was saved', async ({ page }) => {
    await openCluster(page);
    await openTerminal(page);
    await page.keyboard.type('vi note.txt');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Editor of /home/user/note.txt' })).toBeVisible();
    await page.keyboard.type('remember the milk');
    await page.keyboard.press('Control+Enter');
    await expect(terminal(page)).toHaveAttribute('data-running', 'false');
    await run(page, 'cat note.txt', 'remember the milk');
    await page.keyboard.type('kubectl edit deployment web');
    await page.keyboard.press('Enter');
    const editor = page.getByRole('dialog', { name: /^Editor of .*yaml$/ });
    await expect(editor).toContainText('apiVersion: apps/v1');
    await page.keyboard.press('Escape');
    await expect(editor).toBeHidden();
    await expect(terminal(page)).toContainText('Edit cancelled, no changes made.');
    await expect(terminal(page)).toHaveAttribute('data-running', 'false');
  });

  test('takes over the command that does what a button does', async ({ page }) => {
    await openCluster(page);
    await pods(page, { of: 'web-' }).first().click();
    await inspector(page).getByRole('button', { name: 'Copy as command' }).last().click();
    await page.getByRole('button', { name: 'To the terminal' }).click();
    await expect(terminal(page)).toContainText(/laptop\$ kubectl delete pod\/web-/);
    await expect(terminal(page)).toHaveAttribute('data-running', 'false');
  });
});
