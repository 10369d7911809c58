import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { loadConfig } from '../../collector/src/config/load.ts';
import { loadRuleSetStrictly } from '../../collector/src/config/rules/rule-set.ts';
import { loadApiKeys } from '../../collector/src/config/secrets.ts';
import { exampleObjects, serviceConfig } from '../support/helm/rendered.ts';

const RULES = join(import.meta.dirname, '../../deploy/prometheus/rules');
let mount = '';

/** As Kubernetes mounts a projected volume: real files in a dated folder, links to it everywhere. */
beforeAll(() => {
  mount = mkdtempSync(join(tmpdir(), 'telltale-mount-'));
  const dated = join(mount, '..2026_12_01_00_00_00.1');
  mkdirSync(join(dated, 'rules'), { recursive: true });
  mkdirSync(join(dated, 'secrets'));
  const config = serviceConfig(exampleObjects('minimal')).replace('/etc/telltale/', '');
  writeFileSync(join(dated, 'telltale.yaml'), config);
  writeFileSync(join(dated, 'secrets/api-key'), 'a-key\n');
  for (const name of readdirSync(RULES).filter((file) => file.endsWith('.yaml'))) {
    writeFileSync(join(dated, 'rules', name), readFileSync(join(RULES, name)));
  }
  symlinkSync('..2026_12_01_00_00_00.1', join(mount, '..data'));
  for (const name of readdirSync(dated)) symlinkSync(`..data/${name}`, join(mount, name));
});

afterAll(() => rmSync(mount, { recursive: true }));

test('the service finds configuration, rules and key behind the links of a mounted volume', () => {
  const { config, folder } = loadConfig(join(mount, 'telltale.yaml'));
  const { groups, warnings } = loadRuleSetStrictly(config, folder);
  expect(warnings).toEqual([]);
  expect(groups.length).toBeGreaterThan(6);
  expect(loadApiKeys(config.api_keys, { folder, env: {} })).toHaveLength(1);
});
