import { expect, test } from 'vitest';

import { type CgroupSnapshot, readCgroup } from '../../../instrumentations/runtime/src/cgroup.ts';

type Files = Readonly<Record<string, string>>;

const UNLIMITED_V1 = '9223372036854771712\n';

interface Row {
  readonly name: string;
  readonly files: Files;
  readonly expected: CgroupSnapshot;
}

test.for<Row>([
  {
    name: 'version 2 inside a container with limits',
    files: {
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/cpu.stat':
        'usage_usec 2500000\nuser_usec 1\nnr_throttled 3\nthrottled_usec 750000\n',
      '/sys/fs/cgroup/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/memory.current': '1048576\n',
      '/sys/fs/cgroup/memory.max': '4194304\n',
      '/sys/fs/cgroup/cpu.pressure': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n',
      '/sys/fs/cgroup/memory.pressure':
        'some avg10=0.00 avg60=0.00 avg300=0.00 total=20\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=10\n',
    },
    expected: {
      cpuSeconds: 2.5,
      throttledSeconds: 0.75,
      cpuLimit: 1.5,
      memoryBytes: 1048576,
      memoryLimitBytes: 4194304,
      pressures: [
        { resource: 'cpu', kind: 'some', seconds: 1.5 },
        { resource: 'memory', kind: 'some', seconds: 0.00002 },
        { resource: 'memory', kind: 'full', seconds: 0.00001 },
      ],
    },
  },
  {
    name: 'version 2 below a slice, without limits',
    files: {
      '/proc/self/cgroup': '0::/user.slice\n',
      '/sys/fs/cgroup/memory.current': '999\n',
      '/sys/fs/cgroup/user.slice/cpu.stat': 'usage_usec 1000000\n',
      '/sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/user.slice/memory.current': '10\n',
      '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
    },
    expected: { cpuSeconds: 1, memoryBytes: 10, pressures: [] },
  },
  {
    name: 'version 1 with a quota and no memory limit',
    files: {
      '/proc/self/cgroup': '4:memory:/pod\n2:cpu,cpuacct:/pod\n',
      '/sys/fs/cgroup/cpuacct/pod/cpuacct.usage': '3000000000\n',
      '/sys/fs/cgroup/cpu/pod/cpu.stat': 'nr_periods 1\nthrottled_time 250000000\n',
      '/sys/fs/cgroup/cpu/pod/cpu.cfs_quota_us': '50000\n',
      '/sys/fs/cgroup/cpu/pod/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/pod/memory.usage_in_bytes': '2048\n',
      '/sys/fs/cgroup/memory/pod/memory.limit_in_bytes': UNLIMITED_V1,
    },
    expected: {
      cpuSeconds: 3,
      throttledSeconds: 0.25,
      cpuLimit: 0.5,
      memoryBytes: 2048,
      pressures: [],
    },
  },
  {
    name: 'version 1 without a quota',
    files: {
      '/proc/self/cgroup': '1:cpu:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    },
    expected: { pressures: [] },
  },
  { name: 'no control groups at all', files: {}, expected: { pressures: [] } },
  {
    name: 'garbage',
    files: {
      '/proc/self/cgroup': '0::/\nnonsense\n',
      '/sys/fs/cgroup/memory.current': 'many\n',
      '/sys/fs/cgroup/cpu.max': '\n',
      '/sys/fs/cgroup/cpu.stat': '\u0000',
      '/sys/fs/cgroup/io.pressure': 'some total=x\n',
    },
    expected: { pressures: [] },
  },
])('readCgroup() reads $name', ({ files, expected }) => {
  expect(readCgroup((path) => files[path])).toEqual(expected);
});
