import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import {
  LAYOUTS,
  MEMORY_V2,
  structVersion,
  TEMPERATURE,
} from '../../../../instrumentations/gpu/src/nvml/layouts.ts';
import { canCompile } from '../../../support/gpu/stub-reader.ts';
import { useOwnTemporaryFolder } from '../../../support/own-temporary-folder.ts';

const folder = useOwnTemporaryFolder();
const source = join(import.meta.dirname, '../../../../examples/gpu-check/stub/layouts.c');

interface Compiled {
  readonly size: number;
  readonly fields: Readonly<Record<string, number>>;
}

test.skipIf(!canCompile)('sizes and offsets are what a C compiler makes of the structs', () => {
  const program = join(folder, 'layouts');
  execFileSync('cc', ['-o', program, source]);
  const compiled = JSON.parse(execFileSync(program, { encoding: 'utf8' })) as Record<
    string,
    Compiled
  >;
  const used = Object.entries(LAYOUTS).map(([name, { size, fields }]) => [
    name,
    { size, fields: { ...fields } },
  ]);
  const ofCompiler = Object.entries(LAYOUTS).map(([name, { fields }]) => [
    name,
    {
      size: compiled[name]?.size,
      fields: Object.fromEntries(
        Object.keys(fields).map((field) => [field, compiled[name]?.fields[field]]),
      ),
    },
  ]);
  expect(used).toEqual(ofCompiler);
  expect(used.length).toBe(13);
});

test('versions are built as NVML builds them', () => {
  expect(structVersion(MEMORY_V2, 2)).toBe(0x02_00_00_28);
  expect(structVersion(TEMPERATURE, 1)).toBe(0x01_00_00_0c);
});
