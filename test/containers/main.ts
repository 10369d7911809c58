import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { ROOT } from '../support/tidy/source-file.ts';
import { makeBaseImages, NODE_IMAGE } from './base-images.ts';
import { build, imageBytes, podman, whyNotHere } from './engine.ts';
import { CHECK_COUNT, OPERATOR_IMAGE, SERVICE_IMAGE } from './names.ts';

const SERVICE_OWN_MB_MAX = 60;

/**
 * `npm run test:containers`: builds both images of this repository, and runs them as a cluster
 * would. Says how long it took and how large they are.
 */
async function main(): Promise<void> {
  const obstacle = whyNotHere();
  if (obstacle !== undefined) {
    process.stderr.write(`SKIPPED: ${CHECK_COUNT} checks of containers: ${obstacle}\n`);
    return;
  }
  const startMs = performance.now();
  const log = (line: string): void =>
    console.log(`[${Math.round((performance.now() - startMs) / 1000)} s] ${line}`);
  await makeBaseImages(log);
  // Read by npm only where the cache of this machine holds what the lock file names.
  const cache = spawnSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).stdout.trim();
  const volumes = [`${cache}:/root/.npm`];
  log('building the alert service');
  await build({ file: 'collector/Dockerfile', tag: SERVICE_IMAGE, context: ROOT, volumes });
  log('building the operator image');
  const operatorFile = 'deploy/kubernetes/nodejs-image/Dockerfile';
  await build({ file: operatorFile, tag: OPERATOR_IMAGE, context: ROOT, volumes });
  const isSmall = reportSizes(log);
  log('running both');
  // In a network of their own, so that the default ports are free and nothing else is reached.
  const inside = [
    process.execPath,
    '--conditions=@telltale/source',
    join(import.meta.dirname, 'run.ts'),
  ];
  const { status } = spawnSync('unshare', ['--net', ...inside], { stdio: 'inherit' });
  // The layers of the build, a gigabyte that the next change of any file would make useless.
  podman('image', 'prune', '--force');
  log('done');
  process.exitCode = status === 0 && isSmall ? 0 : 1;
}

function reportSizes(log: (line: string) => void): boolean {
  const base = imageBytes(NODE_IMAGE);
  const own = (imageBytes(SERVICE_IMAGE) - base) / 1e6;
  const isSmall = own > 0 && own < SERVICE_OWN_MB_MAX;
  log(
    `alert service: ${own.toFixed(1)} MB of its own (at most ${SERVICE_OWN_MB_MAX}) on a base of ${(base / 1e6).toFixed(0)} MB${isSmall ? '' : ': TOO LARGE'}`,
  );
  log(`operator image: ${(imageBytes(OPERATOR_IMAGE) / 1e6).toFixed(1)} MB in all`);
  return isSmall;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
