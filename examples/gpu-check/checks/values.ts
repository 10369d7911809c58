import type { GpuReading } from '../../../instrumentations/gpu/src/snapshot/reading.ts';
import { type Finding, judged } from './finding.ts';
import type { Machine } from './machine.ts';

/** Values move between two looks, so each has some looks to agree. */
const ATTEMPTS = 5;
const MEBIBYTE = 2 ** 20;

/** By path of the value: how far the two may be apart, in its unit or as a share. */
const TOLERANCES: readonly (readonly [RegExp, (value: number) => number])[] = [
  [/^memory\./u, () => MEBIBYTE],
  [/^temperatures\./u, () => 1],
  [/^powerWatts$/u, (watts) => watts * 0.05],
  [/^(?:utilization\.|controllerUtilization|fanRatio)/u, () => 0.1],
  [/^clocksHz\./u, (hertz) => hertz * 0.05],
  [/^throttleSeconds\./u, () => 1],
];

type Values = ReadonlyMap<string, unknown>;

/** Compares every value that both ways of reading have. */
export function checkValues(machine: Machine): readonly Finding[] {
  const best = new Map<string, Finding>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const smi = machine.readNvidiaSmi();
    for (const reading of machine.readNvml().filter(({ identity }) => identity.mig === undefined)) {
      const other = smi.find(({ identity }) => identity.id === reading.identity.id);
      for (const finding of compare(reading, other)) {
        const known = best.get(finding.subject);
        if (known === undefined || known.result === 'differs') best.set(finding.subject, finding);
      }
    }
  }
  return [...best.values()];
}

function compare(reading: GpuReading, other: GpuReading | undefined): readonly Finding[] {
  const { name } = reading.identity;
  if (other === undefined) {
    const detail = 'nvidia-smi lists no device of this UUID';
    return [judged('values', `${name} identity`, { isRight: false, detail })];
  }
  const ours = flatten(reading);
  return [...flatten(other)].flatMap(([path, theirs]) => {
    if (!ours.has(path) || path === 'identity.index' || path === 'state') return [];
    const own = ours.get(path);
    const isRight = isClose(path, own, theirs);
    const detail = `nvml ${String(own)}, nvidia-smi ${String(theirs)}`;
    return [judged('values', `${name} ${path}`, { isRight, detail })];
  });
}

function isClose(path: string, own: unknown, theirs: unknown): boolean {
  if (typeof own !== 'number' || typeof theirs !== 'number') return own === theirs;
  const tolerance = TOLERANCES.find(([pattern]) => pattern.test(path))?.[1];
  return Math.abs(own - theirs) <= (tolerance?.(theirs) ?? 0);
}

function flatten(value: object, before = ''): Values {
  return new Map(
    Object.entries(value).flatMap(([key, inner]): (readonly [string, unknown])[] => {
      const path = before === '' ? key : `${before}.${key}`;
      const isGroup = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return isGroup ? [...flatten(inner as object, path)] : [[path, inner]];
    }),
  );
}
