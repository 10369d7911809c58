import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../support/tidy/source-file.ts';

/** Base images and layers, kept between runs. */
export const CACHE: string = join(ROOT, '.cache/containers');

const PROGRAMS = ['podman', 'buildah', 'runc', 'debootstrap', 'unshare', 'ip', 'busybox'];
const PACKAGES =
  'podman buildah runc uidmap debootstrap netavark catatonit util-linux iproute2 busybox-static';

/** Images and containers of these tests alone, whatever else the machine runs. */
const STORAGE: readonly string[] = [
  '--root',
  join(CACHE, 'storage'),
  '--runroot',
  join(CACHE, 'run'),
];

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why no container can be made here, with what to do; `undefined` when one can. */
export function whyNotHere(): string | undefined {
  if (process.platform !== 'linux') return 'containers of this kind need Linux';
  if (process.getuid?.() !== 0) return 'building without isolation needs root';
  const missing = PROGRAMS.filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')} not installed (Debian: apt-get install --no-install-recommends ${PACKAGES})`;
}

/** Runs podman and waits. */
export function podman(...args: readonly string[]): Outcome {
  mkdirSync(CACHE, { recursive: true });
  const { status, stdout, stderr } = spawnSync('podman', [...STORAGE, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  return { status, stdout, stderr: stderr.replaceAll(OWN_LINES, '') };
}

/** What podman itself complains about, such as the absence of systemd, beside what it runs. */
const OWN_LINES = /^time=".*" level=\w+ msg=.*\n?/gmu;

/** Runs podman, and returns what it printed. @throws {Error} with what it complained about */
export function podmanOk(...args: readonly string[]): string {
  const { status, stdout, stderr } = podman(...args);
  if (status !== 0) throw new Error(`podman ${args.join(' ')}: ${stderr.trim().slice(-2000)}`);
  return stdout.trim();
}

/**
 * Builds an image. chroot isolation works where the machine does not allow namespaces; the format
 * of Docker keeps health checks.
 *
 * @throws {Error} with the end of what the build printed
 */
export async function build(options: {
  readonly file: string;
  readonly tag: string;
  readonly context: string;
  /** Folders of this machine that the build may use, such as npm's cache. */
  readonly volumes?: readonly string[];
}): Promise<void> {
  const child = spawn(
    'buildah',
    [
      ...STORAGE,
      'bud',
      '--isolation',
      'chroot',
      '--format',
      'docker',
      '--pull-never',
      '--layers',
      '--file',
      options.file,
      '--tag',
      options.tag,
      ...(options.volumes ?? []).flatMap((volume) => ['--volume', volume]),
      options.context,
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const take = (chunk: Buffer): void => {
    output = `${output}${chunk.toString()}`.slice(-4000);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`Cannot build ${options.tag}:\n${output}`);
}

export const hasImage = (tag: string): boolean => podman('image', 'exists', tag).status === 0;

/** Bytes of all layers of an image. */
export const imageBytes = (tag: string): number =>
  Number(podmanOk('image', 'inspect', tag, '--format', '{{.Size}}'));

/** What starts containers, most usual first; some machines let only one of them. */
const RUNTIMES: readonly (readonly string[])[] = [
  ['--runtime', 'runc'],
  ['--runtime', 'crun', '--cgroups=disabled'],
];

/** Flags of a runtime that works here, tried with an image; `undefined` when none does. */
export function workingRuntime(image: string): readonly string[] | undefined {
  const works = (flags: readonly string[]): boolean =>
    podman('run', '--rm', ...flags, ...HARDENED, image, 'node', '--version').status === 0;
  return RUNTIMES.find(works);
}

/**
 * How every container runs: nothing writable but /tmp, no capability, the network of this process.
 * The limits stand below podman's own, which a container may not raise.
 */
export const HARDENED: readonly string[] = [
  '--network=host',
  '--ulimit=nofile=1024:1024',
  '--ulimit=nproc=1024:1024',
  '--read-only',
  '--tmpfs=/tmp',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
];
