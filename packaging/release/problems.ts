/** A package as its `package.json` says. */
export interface ReleaseManifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What a release is judged by. */
export interface ReleaseState {
  readonly manifests: readonly ReleaseManifest[];
  readonly changelog: string;
  /** Lines of `git status --porcelain`. */
  readonly changedFiles: readonly string[];
  readonly tags: readonly string[];
  readonly isDryRun: boolean;
  /** Whether the CI gives a token that provenance is signed with. */
  readonly hasIdentity: boolean;
}

const VERSION = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?$/u;
const SHOWN_MAX = 5;

/** The packages that users install. */
function publishable(manifests: readonly ReleaseManifest[]): readonly ReleaseManifest[] {
  return manifests.filter((manifest) => manifest.private !== true);
}

/** The one version of all packages; `undefined` when they differ or one has none. */
export function commonVersion(manifests: readonly ReleaseManifest[]): string | undefined {
  const versions = new Set(publishable(manifests).map(({ version }) => version));
  const [version] = versions;
  return versions.size === 1 ? version : undefined;
}

/** Everything that stands in the way of a release, each with what to do. Empty: go. */
export function releaseProblems(state: ReleaseState): readonly string[] {
  const version = commonVersion(state.manifests);
  return [
    ...treeProblems(state),
    ...(version === undefined
      ? [`Cannot name the release: the packages have different versions: ${listVersions(state)}`]
      : [...versionProblems(version, state), ...changelogProblems(version, state)]),
    ...dependencyProblems(state.manifests),
    ...identityProblems(state),
  ];
}

function treeProblems({ changedFiles }: ReleaseState): readonly string[] {
  if (changedFiles.length === 0) return [];
  const shown = changedFiles.slice(0, SHOWN_MAX).map((line) => line.slice(3));
  const more =
    changedFiles.length > SHOWN_MAX ? ` and ${changedFiles.length - SHOWN_MAX} more` : '';
  return [`Cannot release a tree with changes: commit ${shown.join(', ')}${more}`];
}

const listVersions = ({ manifests }: ReleaseState): string =>
  publishable(manifests)
    .map(({ name, version }) => `${name} ${version ?? 'none'}`)
    .join(', ');

function versionProblems(version: string, { tags }: ReleaseState): readonly string[] {
  if (!VERSION.test(version)) {
    return [`Cannot release version "${version}": expected MAJOR.MINOR.PATCH`];
  }
  return tags.includes(`v${version}`)
    ? [`Cannot release ${version} again: the tag v${version} exists, so raise the version`]
    : [];
}

/** The newest section is of this version, has a day and says something. */
function changelogProblems(version: string, { changelog, isDryRun }: ReleaseState): string[] {
  const [, newest = ''] = changelog.split(/^## /mu);
  const [heading = '', ...lines] = newest.split('\n');
  const [named = '', when = ''] = heading.trim().split(/ (?=\()/u);
  if (named !== version) {
    return [
      `CHANGELOG.md: expected "## ${version} (YYYY-MM-DD)" first: found ${heading === '' ? 'nothing' : `"## ${heading}"`}`,
    ];
  }
  const problems: string[] = [];
  if (!isDryRun && !/^\(\d{4}-\d{2}-\d{2}\)$/u.test(when)) {
    problems.push(`CHANGELOG.md: expected the day of the release: found "${when}" at ${version}`);
  }
  if (lines.join('').trim() === '') problems.push(`CHANGELOG.md: ${version} has no text`);
  return problems;
}

/** Our packages name each other by exactly the version that is released with them. */
function dependencyProblems(manifests: readonly ReleaseManifest[]): readonly string[] {
  const versions = new Map(manifests.map(({ name, version }) => [name, version]));
  return manifests.flatMap(({ name, dependencies, devDependencies }) =>
    Object.entries({ ...dependencies, ...devDependencies })
      .filter(([other, wanted]) => versions.has(other) && versions.get(other) !== wanted)
      .map(
        ([other, wanted]) =>
          `${name} asks for ${other} ${wanted}: expected ${versions.get(other) ?? 'a version'}`,
      ),
  );
}

function identityProblems({ isDryRun, hasIdentity }: ReleaseState): readonly string[] {
  if (isDryRun || hasIdentity) return [];
  return [
    'Cannot sign provenance here: run the release in a workflow with the permission "id-token: write", or add --dry-run',
  ];
}
