/** Programs of the laptop's shell that wait for the world: generators like the commands of kubectl. */
import type { Doing, Kubectl } from '../call/effects';
import { kubectlMain } from '../commands/main';
import { curlMain } from './curl';
import { watchMain, xargsMain } from './repeating';
import { sleepMain } from './sleep';

export const PROGRAMS: Readonly<Record<string, (own: Kubectl) => Doing<number>>> = {
  curl: curlMain,
  kubectl: kubectlMain,
  sleep: sleepMain,
  watch: watchMain,
  xargs: xargsMain,
};
