import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { writeConfiguration } from '../../deploy/local/configuration.ts';
import { listenersOf, networkBelow } from '../../deploy/local/network.ts';
import { findPrograms, programPath } from '../../deploy/local/programs.ts';
import { startStack } from '../../deploy/local/stack.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';

const PROGRAMS = ['otelcol', 'prometheus', 'alertmanager', 'jaeger'] as const;
const missing = PROGRAMS.filter((name) => !existsSync(programPath(name)));
if (missing.length > 0) {
  process.stderr.write(
    `SKIPPED: ports that are taken: ${missing.join(', ')} not built; npm run tools:stack\n`,
  );
}
const anyPrefix = (): string => `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
const folder = useOwnTemporaryFolder();

describe.skipIf(missing.length > 0)('a stack that cannot start', () => {
  const prefix = anyPrefix();
  test.for(listenersOf(networkBelow(prefix)).map((one) => [one.name, one.port, one] as const))(
    '%s has its port %i taken: one line, and nothing is left behind',
    async ([, , { name, host, port }]) => {
      const taker = createServer().listen(port, host);
      await once(taker, 'listening');
      const target = join(folder, `${name}-${port}`);
      const started = startStack({ folder: target, networkPrefix: prefix, onProgress: () => {} });
      await expect(started).rejects.toThrow(
        `Cannot start ${name}: ${host}:${port} is taken; stop what listens there, or choose another network with --network`,
      );
      expect(existsSync(target)).toBe(false);
      taker.close();
    },
  );

  test('Tempo is not where it is said to be', () => {
    expect(() => findPrograms(PROGRAMS, { TELLTALE_TEMPO_BIN: '/no/such/tempo' })).toThrow(
      'Cannot start Tempo: TELLTALE_TEMPO_BIN names no program: /no/such/tempo',
    );
  });
});

describe('the folder of a stack', () => {
  const write = (target: string, keepsData = false) =>
    writeConfiguration({
      folder: target,
      network: networkBelow(anyPrefix()),
      key: 'a-key-of-the-test',
      keepsData,
    });

  test('loses what an earlier stack left, and nothing else', () => {
    const target = join(folder, 'used');
    mkdirSync(join(target, 'prometheus/wal'), { recursive: true });
    writeFileSync(join(target, 'letter.txt'), 'mine');
    write(target);
    expect(readdirSync(join(target, 'prometheus'))).toEqual([]);
    expect(readFileSync(join(target, 'letter.txt'), 'utf8')).toBe('mine');
  });

  test('keeps what an earlier stack left where it is asked to', () => {
    const target = join(folder, 'kept');
    mkdirSync(join(target, 'prometheus/wal'), { recursive: true });
    write(target, true);
    expect(readdirSync(join(target, 'prometheus'))).toEqual(['wal']);
  });

  test('has the key in a file of its own only', () => {
    const { keyPath, prometheusConfig, alertServiceConfig } = write(join(folder, 'key'));
    expect(readFileSync(keyPath, 'utf8')).toBe('a-key-of-the-test');
    for (const path of [prometheusConfig, alertServiceConfig]) {
      expect(readFileSync(path, 'utf8')).not.toContain('a-key-of-the-test');
    }
  });
});
