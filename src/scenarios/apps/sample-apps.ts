/** All sample apps, in the order in which the library offers them. */
import { brokenImage } from './broken-image';
import { crowd } from './crowd';
import { guestbook } from './guestbook';
import type { SampleApp } from './sample-app';
import { tooLarge } from './too-large';
import { web } from './web';

export const sampleApps: readonly SampleApp[] = [web, guestbook, crowd, brokenImage, tooLarge];
