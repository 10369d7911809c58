/**
 * `npm run release -- --dry-run`: looks whether a release could be made, packs every package and
 * lets npm go through its publication without sending anything. Without `--dry-run` it publishes,
 * with provenance, which only a workflow with an identity can.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { packAll } from './pack-all.ts';
import { commonVersion, type ReleaseManifest, releaseProblems } from './problems.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKS = join(ROOT, 'packs');

const git = (...args: string[]): readonly string[] =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);

function readManifests(): readonly ReleaseManifest[] {
  return git('ls-files', '*/package.json').map(
    (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as ReleaseManifest,
  );
}

function release(isDryRun: boolean): number {
  const manifests = readManifests();
  const problems = releaseProblems({
    manifests,
    changelog: readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'),
    changedFiles: git('status', '--porcelain'),
    tags: git('tag', '--list'),
    isDryRun,
    hasIdentity: process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] !== undefined,
  });
  if (problems.length > 0) {
    process.stderr.write(`${problems.join('\n')}\n`);
    return 1;
  }
  rmSync(PACKS, { recursive: true, force: true });
  mkdirSync(PACKS);
  const packs = packAll(ROOT, PACKS);
  for (const file of packs) publish(file, isDryRun);
  const version = commonVersion(manifests) ?? '';
  process.stdout.write(
    isDryRun
      ? `${packs.length} packages of version ${version} could be published; nothing was sent\n`
      : `${packs.length} packages of version ${version} are published: git tag v${version}\n`,
  );
  return 0;
}

function publish(file: string, isDryRun: boolean): void {
  const flags = ['publish', join(PACKS, file), '--provenance', '--access', 'public'];
  execFileSync('npm', isDryRun ? [...flags, '--dry-run'] : flags, { cwd: ROOT, stdio: 'inherit' });
}

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
process.exitCode = release(values['dry-run']);
