import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { irisModel } from '../support/onnx-models.ts';
import { app, type Tool } from './tools.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Ignored by Git; deleting it only costs the next run its time. */
const CACHE = join(ROOT, '.cache/beside');
const ORT_VERSION = '1.30.0';

/** A project as a user would have it: the packed Telltale, the tool, and ONNX Runtime. */
export interface Project {
  readonly tool: Tool;
  readonly folder: string;
  /** What npm said when it did not install; then nothing else is known. */
  readonly failure?: string;
}

/** Packs Telltale as it would be published. Returns the path of the tarball. */
export async function pack(): Promise<string> {
  const folder = join(CACHE, 'packs');
  mkdirSync(folder, { recursive: true });
  await run('npm', ['run', 'build', '--silent'], { cwd: ROOT });
  const flags = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', flags, { cwd: join(ROOT, 'src/telltale') });
  return join(folder, stdout.trim().split('\n').at(-1) ?? '');
}

/** Without what the npm that runs this command sets: the settings of this repository, silence. */
function usersEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith('npm_')));
}

/** Plain `npm install`, no flags. Where only Telltale changed, its files are unpacked again. */
export async function install(tool: Tool, tarball: string, inferences: number): Promise<Project> {
  const slug = tool.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-|-$/gu, '');
  const folder = join(CACHE, slug);
  mkdirSync(folder, { recursive: true });
  const names = { ...tool.packages, 'onnxruntime-node': ORT_VERSION };
  const wanted = createHash('sha256').update(JSON.stringify(names)).digest('hex');
  const marker = join(folder, '.installed');
  const isDone = existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  try {
    if (!isDone) {
      writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
      const specs = Object.entries(names).map(([name, version]) => `${name}@${version}`);
      await run('npm', ['install', tarball, ...specs], {
        cwd: folder,
        env: { ...usersEnvironment(), ONNXRUNTIME_NODE_INSTALL: 'skip' },
        maxBuffer: 64 * 1024 * 1024,
      });
      writeFileSync(marker, wanted);
    }
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    return { tool, folder, failure: stderr || String(cause) };
  }
  const target = join(folder, 'node_modules/telltale');
  // What npm put below it stays: another version of a dependency than the tool's lies there.
  for (const name of readdirSync(target)) {
    if (name !== 'node_modules') rmSync(join(target, name), { recursive: true, force: true });
  }
  await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  writeFileSync(join(folder, 'iris.onnx'), irisModel());
  writeFileSync(join(folder, 'tool.cjs'), tool.start);
  writeFileSync(join(folder, 'app.cjs'), app(inferences));
  writeFileSync(join(folder, 'app-with-tool.cjs'), `require('./tool.cjs');\n${app(inferences)}`);
  return { tool, folder };
}
