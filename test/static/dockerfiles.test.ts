import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ROOT } from '../support/tidy/source-file.ts';

const DOCKERFILES = globSync(['*/Dockerfile', 'deploy/**/Dockerfile'], {
  cwd: ROOT,
  exclude: ['node_modules/**'],
}).toSorted();

const hadolint = execFileSync('sh', [join(ROOT, 'tools/hadolint.sh'), '--path'], {
  encoding: 'utf8',
}).trim();
const isThere = existsSync(hadolint);
if (!isThere) {
  process.stderr.write(
    'SKIPPED: Dockerfiles in hadolint: it is not here; run "sh tools/hadolint.sh" (it needs pip)\n',
  );
}

/** Codes of the rules that a Dockerfile breaks. */
function brokenBy(text: string): readonly string[] {
  const { stdout, error } = spawnSync(hadolint, ['--format', 'json', '--no-color', '-'], {
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return (JSON.parse(stdout) as readonly { readonly code: string }[]).map(({ code }) => code);
}

test('there are Dockerfiles', () => {
  expect(DOCKERFILES).toContain('collector/Dockerfile');
});

describe.skipIf(!isThere)('hadolint', () => {
  test.for(DOCKERFILES)('finds nothing in %s', (path) => {
    expect(brokenBy(readFileSync(join(ROOT, path), 'utf8'))).toEqual([]);
  });

  test.for([
    ['an image without a version', 'FROM node:24.21.0-bookworm-slim\n', 'FROM node\n', 'DL3006'],
    ['the newest version', 'FROM node:24.21.0-bookworm-slim\n', 'FROM node:latest\n', 'DL3007'],
    ['root at the end', 'USER 10001:10001', 'USER root', 'DL3002'],
    ['a folder that is no absolute path', 'WORKDIR /app', 'WORKDIR app', 'DL3000'],
    ['packages without versions', 'RUN mkdir', 'RUN apt-get install -y curl && mkdir', 'DL3008'],
  ])('finds %s', ([, from = '', to = '', code]) => {
    const shipped = readFileSync(join(ROOT, 'collector/Dockerfile'), 'utf8');
    const planted = shipped.replace(from, to);
    expect(planted).not.toBe(shipped);
    expect(brokenBy(planted)).toContain(code);
  });
});
