import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import {
  EVENT,
  FIELD_VALUE,
  GPM_METRIC,
  GPM_METRICS_GET,
  GPM_SUPPORT,
  MARGIN_TEMPERATURE,
  MEMORY,
  MEMORY_V2,
  PCI_INFO,
  PROCESS_INFO,
  PROCESS_SAMPLE,
  type StructLayout,
  structVersion,
  TEMPERATURE,
  UTILIZATION,
} from '../../../../instrumentations/gpu/src/nvml/layouts.ts';
import { canCompile } from '../../../support/gpu/stub-reader.ts';
import { useOwnTemporaryFolder } from '../../../support/own-temporary-folder.ts';

/** By the name of the C type, for the comparison with the compiler's. */
const LAYOUTS: Readonly<Record<string, StructLayout>> = {
  nvmlUtilization_t: UTILIZATION,
  nvmlMemory_v2_t: MEMORY_V2,
  nvmlMemory_t: MEMORY,
  nvmlTemperature_v1_t: TEMPERATURE,
  nvmlMarginTemperature_v1_t: MARGIN_TEMPERATURE,
  nvmlPciInfo_t: PCI_INFO,
  nvmlProcessInfo_t: PROCESS_INFO,
  nvmlProcessUtilizationSample_t: PROCESS_SAMPLE,
  nvmlFieldValue_t: FIELD_VALUE,
  nvmlEventData_t: EVENT,
  nvmlGpmSupport_t: GPM_SUPPORT,
  nvmlGpmMetric_t: GPM_METRIC,
  nvmlGpmMetricsGet_t: GPM_METRICS_GET,
};

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
