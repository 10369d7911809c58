import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { SeededRandom } from '@telltale/statistics';

import { parseRuleFile, RuleFileError } from '../../collector/src/config/rules/rules-file.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import { AWKWARD_FILES } from '../support/yaml/awkward-rules.ts';
import { mutateYaml } from '../support/yaml/mutate-yaml.ts';

const promtool = referenceBinaryOrWarn('promtool', 'the comparison of YAML at its edges');
const MUTATED = 600;

/** The files that promtool takes. */
function goodFiles(files: readonly string[]): ReadonlySet<string> {
  const { stdout } = spawnSync(promtool ?? '', ['check', 'rules', '--lint=none', ...files], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const good = new Set<string>();
  let current = '';
  for (const line of stdout.split('\n')) {
    current = /^Checking (.*)$/u.exec(line)?.[1] ?? current;
    if (line.includes('SUCCESS')) good.add(current);
  }
  return good;
}

function verdict(bytes: Uint8Array): string {
  try {
    parseRuleFile(bytes, { file: 'f', intervalMs: 60_000 });
    return 'good';
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    return error.message;
  }
}

test.skipIf(promtool === undefined)('the same files are read as by Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-yaml-'));
  const seed = Number(process.env['SEED'] ?? 1);
  const random = new SeededRandom(seed);
  const shipped = globSync(
    join(import.meta.dirname, '../../deploy/prometheus/rules/*[a-su-z].yaml'),
  );
  const seeds = [
    ...AWKWARD_FILES.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])),
    ...shipped.map((file) => readFileSync(file, 'utf8')),
  ];
  const mutated = Array.from({ length: MUTATED }, (_, index) => {
    const text = mutateYaml(seeds[Math.floor(random.next() * seeds.length)] ?? '', random);
    return { name: `mutated ${index} of seed ${seed}`, text };
  });
  const files = [...AWKWARD_FILES, ...mutated].map(({ name, text }, index) => {
    const path = join(folder, `${index}.yml`);
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    writeFileSync(path, bytes);
    return { name, path, bytes };
  });
  const good = goodFiles(files.map(({ path }) => path));
  const different = files.flatMap(({ name, path, bytes }) => {
    const ours = verdict(bytes);
    if ((ours === 'good') === good.has(path)) return [];
    const text = Buffer.from(bytes).toString('utf8');
    return [{ name, ours, theirs: good.has(path) ? 'good' : 'refused', text }];
  });
  rmSync(folder, { recursive: true });
  expect(different).toEqual([]);
  expect(good.size).toBeGreaterThan(100);
});
