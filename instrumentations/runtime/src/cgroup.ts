import { numberOfLine } from './proc-text.ts';

/** Reads a file below the root; `undefined` when it is absent or denied. */
export type ReadFile = (path: string) => string | undefined;

/** A share of wall time in which some, or all, tasks of the group waited for a resource. */
export interface Pressure {
  readonly resource: 'cpu' | 'memory' | 'io';
  readonly kind: 'some' | 'full';
  readonly seconds: number;
}

/** A control group's use and limits. A field without a limit or a file is absent. */
export interface CgroupSnapshot {
  readonly cpuSeconds?: number;
  readonly throttledSeconds?: number;
  /** CPUs that the quota allows, for example 1.5. */
  readonly cpuLimit?: number;
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly pressures: readonly Pressure[];
}

/** Version 1 writes a page-rounded 2^63 where there is no limit. */
const UNLIMITED_BYTES = 2 ** 62;
const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;

/** Reads the control group of this process, version 2 or 1, whichever the machine has. */
export function readCgroup(read: ReadFile): CgroupSnapshot {
  const groups = parseMembership(read('/proc/self/cgroup') ?? '');
  const unified = groups.get('');
  const folder = unified === undefined ? undefined : unifiedFolder(read, unified);
  return folder === undefined ? readVersion1(read, groups) : readVersion2(read, folder);
}

/** Controller to path, from lines such as `0::/user.slice` and `4:memory:/pod`. */
function parseMembership(text: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/u.exec(line);
    for (const controller of (match?.[1] ?? '').split(',')) {
      if (match !== null) groups.set(controller, match[2] ?? '/');
    }
  }
  return groups;
}

/** Inside a container the own group is mounted at the top, whatever the membership says. */
function unifiedFolder(read: ReadFile, path: string): string | undefined {
  return ['/sys/fs/cgroup', `/sys/fs/cgroup${path}`, '/sys/fs/cgroup/unified']
    .toSorted((a, b) => b.length - a.length)
    .find((folder) => read(`${folder}/memory.current`) !== undefined);
}

function readVersion2(read: ReadFile, folder: string): CgroupSnapshot {
  const cpuStat = read(`${folder}/cpu.stat`) ?? '';
  const [quota, period] = (read(`${folder}/cpu.max`) ?? '').trim().split(' ').map(Number);
  return {
    ...given('cpuSeconds', scaled(numberOfLine(cpuStat, 'usage_usec'), MICROSECONDS)),
    ...given('throttledSeconds', scaled(numberOfLine(cpuStat, 'throttled_usec'), MICROSECONDS)),
    ...given('cpuLimit', ratio(quota, period)),
    ...given('memoryBytes', wholeNumber(read(`${folder}/memory.current`))),
    ...given('memoryLimitBytes', wholeNumber(read(`${folder}/memory.max`))),
    pressures: (['cpu', 'memory', 'io'] as const).flatMap((resource) =>
      parsePressure(resource, read(`${folder}/${resource}.pressure`) ?? ''),
    ),
  };
}

function readVersion1(read: ReadFile, groups: ReadonlyMap<string, string>): CgroupSnapshot {
  const file = (controller: string, name: string): string | undefined =>
    read(`/sys/fs/cgroup/${controller}${groups.get(controller) ?? ''}/${name}`) ??
    read(`/sys/fs/cgroup/${controller}/${name}`);
  const throttled = numberOfLine(file('cpu', 'cpu.stat') ?? '', 'throttled_time');
  const limit = wholeNumber(file('memory', 'memory.limit_in_bytes'));
  const quota = Number(file('cpu', 'cpu.cfs_quota_us') ?? -1);
  return {
    ...given('cpuSeconds', scaled(wholeNumber(file('cpuacct', 'cpuacct.usage')), NANOSECONDS)),
    ...given('throttledSeconds', scaled(throttled, NANOSECONDS)),
    ...given('cpuLimit', ratio(quota, wholeNumber(file('cpu', 'cpu.cfs_period_us')))),
    ...given('memoryBytes', wholeNumber(file('memory', 'memory.usage_in_bytes'))),
    ...given(
      'memoryLimitBytes',
      limit === undefined || limit > UNLIMITED_BYTES ? undefined : limit,
    ),
    pressures: [],
  };
}

/** Lines such as `some avg10=0.00 avg60=0.00 avg300=0.00 total=1234`, the total in microseconds. */
function parsePressure(resource: Pressure['resource'], text: string): readonly Pressure[] {
  return [...text.matchAll(/^(some|full) .*\btotal=(\d+)/gmu)].map((match) => ({
    resource,
    kind: match[1] === 'full' ? 'full' : 'some',
    seconds: Number(match[2]) / MICROSECONDS,
  }));
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/u.test(text.trim()) ? Number(text) : undefined;

const scaled = (value: number | undefined, unit: number): number | undefined =>
  value === undefined ? undefined : value / unit;

function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  const isLimited = quota !== undefined && quota > 0 && period !== undefined && period > 0;
  return isLimited ? quota / period : undefined;
}

function given<K extends string>(
  key: K,
  value: number | undefined,
): { readonly [P in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: number });
}
