import type { Sample } from '../prometheus-page.ts';

/** A device, as the Prometheus page of the service shows it. */
export interface GpuSeen {
  readonly name: string;
  readonly model: string;
  readonly busy: number | undefined;
  readonly memory: number | undefined;
  readonly watts: number | undefined;
  readonly joules: number | undefined;
}

/** The devices of a page, by name; none on a machine without a GPU. */
export function readGpus(page: readonly Sample[]): readonly GpuSeen[] {
  return page
    .filter(({ name }) => name === 'ml_gpu_info')
    .map(({ labels }) => {
      const value = (name: string, task?: string): number | undefined =>
        page.find(
          (sample) =>
            sample.name === name &&
            sample.labels['hw_id'] === labels['hw_id'] &&
            (task === undefined || sample.labels['hw_gpu_task'] === task),
        )?.value;
      return {
        name: labels['hw_name'] ?? '',
        model: labels['hw_model'] ?? '',
        busy: value('hw_gpu_utilization_ratio', 'general'),
        memory: value('hw_gpu_memory_utilization_ratio'),
        watts: value('hw_power_watts'),
        joules: value('hw_energy_joules_total'),
      };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** One device in one line. */
export function gpuText({ name, model, busy, memory, watts, joules }: GpuSeen): string {
  const share = (value: number | undefined): string =>
    value === undefined ? '-' : `${(value * 100).toFixed(0)} %`;
  const unit = (value: number | undefined, name: string): string =>
    value === undefined ? '-' : `${value.toFixed(0)} ${name}`;
  return `${name} ${model}  ${share(busy)} busy  ${share(memory)} of memory  ${unit(watts, 'W')}  ${unit(joules, 'J so far')}`;
}
