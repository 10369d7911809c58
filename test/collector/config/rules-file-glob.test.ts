import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { globPaths } from '../../../collector/src/config/glob.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-glob-'));
  mkdirSync(join(folder, 'sub'));
  for (const name of ['a.yaml', 'b.yaml', 'b.yml', 'a+b.yaml', 'sub/c.yaml', 'sub/[d].yaml']) {
    writeFileSync(join(folder, name), '');
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.for<[string, readonly string[]]>([
  ['a.yaml', ['a.yaml']],
  ['./a.yaml', ['a.yaml']],
  ['nope.yaml', []],
  ['*.yaml', ['a+b.yaml', 'a.yaml', 'b.yaml']],
  ['?.y*', ['a.yaml', 'b.yaml', 'b.yml']],
  ['[a-b].yaml', ['a.yaml', 'b.yaml']],
  ['[^a].yaml', ['b.yaml']],
  ['*/c.yaml', ['sub/c.yaml']],
  ['s?b/*.yaml', ['sub/[d].yaml', 'sub/c.yaml']],
  ['sub/\\[d\\]*', ['sub/[d].yaml']],
  ['nope/*.yaml', []],
  ['a+b*', ['a+b.yaml']],
])('globPaths(%j) finds %j', ([pattern, expected]) => {
  expect(globPaths(pattern, folder).map((path) => relative(folder, path))).toEqual(expected);
  expect(globPaths(join(folder, pattern), '/').map((path) => relative(folder, path))).toEqual(
    expected,
  );
});

test('globPaths() refuses a bracket that is not closed', () => {
  expect(() => globPaths('[a', folder)).toThrow('syntax error in pattern: [a');
});
