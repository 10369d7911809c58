import { expect, test } from 'vitest';

import { gpuText, readGpus } from '../../../../../examples/phishing/demo/gpu/gpu-readings.ts';
import { parsePrometheusPage } from '../../../../../examples/phishing/demo/prometheus-page.ts';

const PAGE = `ml_gpu_info{hw_id="GPU-2",hw_name="gpu1",hw_model="NVIDIA H200"} 1
ml_gpu_info{hw_id="GPU-1",hw_name="gpu0",hw_model="NVIDIA H200"} 1
hw_gpu_utilization_ratio{hw_id="GPU-1",hw_name="gpu0",hw_gpu_task="encoder"} 0
hw_gpu_utilization_ratio{hw_id="GPU-1",hw_name="gpu0",hw_gpu_task="general"} 0.42
hw_gpu_memory_utilization_ratio{hw_id="GPU-1",hw_name="gpu0"} 0.225
hw_power_watts{hw_id="GPU-1",hw_name="gpu0",hw_type="gpu"} 301.6
hw_energy_joules_total{hw_id="GPU-1",hw_name="gpu0",hw_type="gpu"} 1234.5
`;

test('readGpus() finds each device with what the page has of it', () => {
  const gpus = readGpus(parsePrometheusPage(PAGE));
  expect(gpus).toEqual([
    {
      name: 'gpu0',
      model: 'NVIDIA H200',
      busy: 0.42,
      memory: 0.225,
      watts: 301.6,
      joules: 1234.5,
    },
    {
      name: 'gpu1',
      model: 'NVIDIA H200',
      busy: undefined,
      memory: undefined,
      watts: undefined,
      joules: undefined,
    },
  ]);
  expect(gpus.map(gpuText)).toEqual([
    'gpu0 NVIDIA H200  42 % busy  23 % of memory  302 W  1235 J so far',
    'gpu1 NVIDIA H200  - busy  - of memory  -  -',
  ]);
});

test('a page without a GPU has none', () => {
  expect(readGpus(parsePrometheusPage('ml_cache_size 3\n'))).toEqual([]);
});
