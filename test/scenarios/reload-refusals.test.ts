import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { loadFile } from '../../collector/src/cli/load-file.ts';
import { defaultConfig, type LoadedConfig } from '../../collector/src/config/load.ts';
import { AlertServiceFixture } from '../support/collector/alert-service.ts';

const service = new AlertServiceFixture();
const file = join(service.folder, 'telltale.yaml');
const rules = join(service.folder, 'rules.yml');
const RULES = 'groups: [{name: g, rules: [{alert: Deep, expr: queue_depth > 1}]}]\n';

afterEach(async () => {
  await service.stop();
  service.remove();
});

/** A service on real files, with one alert that fires. */
async function startFiring(): Promise<void> {
  service.configure();
  service.writeRules(RULES);
  service.configText = service.configText.replace('[rules.yml]', "['*.yml']");
  writeFileSync(file, service.configText);
  const app = service.create({ load: () => loadFile(file) });
  await app.start();
  await service.gauge(5);
  await service.clock.advance(60_000);
  expect(await service.alerts()).toEqual(['Deep firing']);
}

test.for([
  [
    'the file is empty for a moment',
    () => writeFileSync(file, ''),
    `${file}: Cannot use an empty file in place of a configuration: write "collector: {}" to run with defaults`,
  ],
  [
    'the file holds nothing but comments',
    () => writeFileSync(file, '# soon\n   \n---\n'),
    `${file}: Cannot use an empty file in place of a configuration: write "collector: {}" to run with defaults`,
  ],
  ['the file is gone', () => rmSync(file), `${file}: Cannot read the configuration: no such file`],
  [
    'the rule files are gone',
    () => rmSync(rules),
    '*.yml: No rule file matches this pattern any more: take it out of collector.rules to run without them',
  ],
  [
    'the only rule file is empty for a moment',
    () => writeFileSync(rules, ''),
    'rules.yml: The file had rules and is empty now: write "groups: []" to run without them',
  ],
] as const)('a reload keeps what fires when %s', async ([, damage, problem]) => {
  await startFiring();
  damage();
  expect(service.app.reload('ann')).toEqual([problem]);
  await service.clock.advance(60_000);
  expect(await service.alerts()).toEqual(['Deep firing']);
  writeFileSync(file, service.configText);
  service.writeRules(RULES);
  expect(service.app.reload('ann')).toEqual([]);
});

test('a configuration that was found by itself is missed when it goes', async () => {
  await startFiring();
  await service.stop();
  let load = (): LoadedConfig => loadFile(file);
  const app = service.create({ load: () => load() });
  load = () => ({ config: defaultConfig(), folder: service.folder });
  expect(app.reload('ann')).toEqual([
    `${file}: Cannot read the configuration: no such file; to run without one, start the service again`,
  ]);
});

test('a pattern that is new may match nothing yet, and one may be taken out', async () => {
  await startFiring();
  writeFileSync(file, service.configText.replace("['*.yml']", "['*.yml', 'more/*.yml']"));
  expect(service.app.reload('ann')).toEqual([]);
  writeFileSync(file, service.configText.replace("['*.yml']", '[]'));
  expect(service.app.reload('ann')).toEqual([]);
  expect(await service.alerts()).toEqual([]);
});
