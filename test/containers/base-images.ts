import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { ROOT } from '../support/tidy/source-file.ts';
import { build, CACHE, hasImage } from './engine.ts';

const DEBIAN = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';

/** Tags of `deploy/versions.env`, by name. */
const VERSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync(join(ROOT, 'deploy/versions.env'), 'utf8')
    .split('\n')
    .filter((line) => /^\w+=/u.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
);

export const NODE_IMAGE: string = `docker.io/library/node:${VERSIONS['NODE_TAG']}`;
const BUSYBOX_IMAGE: string = `docker.io/library/busybox:${VERSIONS['BUSYBOX_TAG']}`;

/**
 * Makes the two images that ours are built on, under their names: Debian with the `node` of the npm
 * package and this machine's npm, and Debian's static busybox. No registry of images is asked.
 */
export async function makeBaseImages(log: (line: string) => void): Promise<void> {
  if (!hasImage(NODE_IMAGE)) {
    log(`making a base image of Debian ${DEBIAN} and Node.js ${process.version}`);
    await build({ ...nodeFolder(), tag: NODE_IMAGE });
  }
  if (!hasImage(BUSYBOX_IMAGE)) {
    log('making a base image of busybox');
    await build({ ...busyboxFolder(), tag: BUSYBOX_IMAGE });
  }
}

function nodeFolder(): { readonly file: string; readonly context: string } {
  const context = join(CACHE, 'rootfs');
  if (!existsSync(join(context, 'etc/debian_version'))) {
    rmSync(context, { recursive: true, force: true });
    mkdirSync(CACHE, { recursive: true });
    const packages = '--include=ca-certificates';
    execFileSync('debootstrap', ['--variant=minbase', packages, DEBIAN, context, MIRROR], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  mkdirSync(join(context, 'usr/local/bin'), { recursive: true });
  copyFileSync(process.execPath, join(context, 'usr/local/bin/node'));
  // A link to `npm/bin/npm-cli.js`.
  const npm = join(context, 'usr/local/lib/node_modules/npm');
  cpSync(dirname(dirname(realpathSync(pathOf('npm')))), npm, { recursive: true });
  for (const name of ['npm', 'npx']) {
    const script = `#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/${name}-cli.js "$@"\n`;
    writeFileSync(join(context, `usr/local/bin/${name}`), script, { mode: 0o755 });
  }
  // Behind a proxy of its own certificate the build can ask npm's registry too.
  const authorities = process.env['NODE_EXTRA_CA_CERTS'];
  const bundle = 'etc/ssl/certs/ca-certificates.crt';
  if (authorities !== undefined) copyFileSync(authorities, join(context, bundle));
  const file = join(CACHE, 'node.Dockerfile');
  writeFileSync(file, `FROM scratch\nCOPY . /\nENV NODE_EXTRA_CA_CERTS=/${bundle}\nCMD ["node"]\n`);
  return { file, context };
}

const pathOf = (program: string): string =>
  execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();

function busyboxFolder(): { readonly file: string; readonly context: string } {
  const context = join(CACHE, 'busybox');
  mkdirSync(join(context, 'bin'), { recursive: true });
  const path = pathOf('busybox');
  copyFileSync(path, join(context, 'bin/busybox'));
  for (const name of ['sh', 'cp', 'ls', 'id']) copyFileSync(path, join(context, 'bin', name));
  const file = join(CACHE, 'busybox.Dockerfile');
  writeFileSync(file, 'FROM scratch\nCOPY . /\nENV PATH=/bin\nCMD ["sh"]\n');
  return { file, context };
}
