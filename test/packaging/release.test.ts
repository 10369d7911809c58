import { describe, expect, test } from 'vitest';

import { type ReleaseState, releaseProblems } from '../../packaging/release/problems.ts';

const READY: ReleaseState = {
  manifests: [
    { name: 'telltale-workspace', private: true },
    { name: '@telltale/core', version: '1.2.0' },
    { name: 'telltale', version: '1.2.0', devDependencies: { '@telltale/core': '1.2.0' } },
  ],
  changelog: '# Changes\n\n## 1.2.0 (2026-12-01)\n\n- Something new.\n\n## 1.1.0 (2026-11-01)\n',
  changedFiles: [],
  tags: ['v1.1.0'],
  isDryRun: false,
  hasIdentity: true,
};

test('nothing stands in the way of a release that is ready', () => {
  expect(releaseProblems(READY)).toEqual([]);
});

test('a dry run needs neither a day nor an identity', () => {
  const changelog = READY.changelog.replace('(2026-12-01)', '(not published yet)');
  const rehearsal = { ...READY, changelog, hasIdentity: false };
  expect(releaseProblems({ ...rehearsal, isDryRun: true })).toEqual([]);
  expect(releaseProblems(rehearsal)).toEqual([
    'CHANGELOG.md: expected the day of the release: found "(not published yet)" at 1.2.0',
    'Cannot sign provenance here: run the release in a workflow with the permission "id-token: write", or add --dry-run',
  ]);
});

const version = (text: string | undefined): Partial<ReleaseState> => ({
  manifests: [text === undefined ? { name: 'a' } : { name: 'a', version: text }],
});

describe('what stands in the way', () => {
  test.for<readonly [string, Partial<ReleaseState>, readonly string[]]>([
    [
      'changed files',
      { changedFiles: [' M README.md', '?? new.ts', ...Array.from({ length: 5 }, () => '?? x')] },
      ['Cannot release a tree with changes: commit README.md, new.ts, x, x, x and 2 more'],
    ],
    [
      'versions that differ',
      { manifests: [...READY.manifests.slice(1), { name: '@telltale/drift', version: '1.1.0' }] },
      [
        'Cannot name the release: the packages have different versions: @telltale/core 1.2.0, telltale 1.2.0, @telltale/drift 1.1.0',
      ],
    ],
    [
      'a package without a version',
      version(undefined),
      ['Cannot name the release: the packages have different versions: a none'],
    ],
    [
      'a version that is none',
      { ...version('1.2'), changelog: '## 1.2 (2026-12-01)\n- a' },
      ['Cannot release version "1.2": expected MAJOR.MINOR.PATCH'],
    ],
    [
      'a version that was released',
      { tags: ['v1.2.0'] },
      ['Cannot release 1.2.0 again: the tag v1.2.0 exists, so raise the version'],
    ],
    [
      'a changelog of another version',
      { changelog: '# Changes\n\n## Unreleased\n\n- a\n' },
      ['CHANGELOG.md: expected "## 1.2.0 (YYYY-MM-DD)" first: found "## Unreleased"'],
    ],
    [
      'an empty changelog',
      { changelog: '# Changes\n' },
      ['CHANGELOG.md: expected "## 1.2.0 (YYYY-MM-DD)" first: found nothing'],
    ],
    [
      'a section without text',
      { changelog: '## 1.2.0 (2026-12-01)\n\n## 1.1.0 (2026-11-01)\n\n- a\n' },
      ['CHANGELOG.md: 1.2.0 has no text'],
    ],
    [
      'a package of ours at another version',
      {
        manifests: [
          { name: '@telltale/core', version: '1.2.0' },
          { name: 'telltale', version: '1.2.0', devDependencies: { '@telltale/core': '1.1.0' } },
        ],
      },
      ['telltale asks for @telltale/core 1.1.0: expected 1.2.0'],
    ],
  ])('%s', ([, change, problems]) => {
    expect(releaseProblems({ ...READY, ...change })).toEqual(problems);
  });
});
