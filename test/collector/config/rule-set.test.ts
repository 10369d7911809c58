import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { defaultConfig } from '../../../collector/src/config/load.ts';
import { loadRuleSet } from '../../../collector/src/config/rules/rule-set.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-rule-set-'));
const path = join(folder, 'alerts.yaml');
writeFileSync(path, 'groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]\n');

afterAll(() => rmSync(folder, { recursive: true }));

const config = defaultConfig();

test.for([
  ['a relative path', 'alerts.yaml', folder],
  ['an absolute path', path, tmpdir()],
  ['a relative pattern', '*.yaml', folder],
  ['an absolute pattern', join(folder, '*.yaml'), tmpdir()],
] as const)('loadRuleSet() reads %s', ([, pattern, from]) => {
  const { groups, warnings } = loadRuleSet({ ...config, rules: [pattern] }, from);
  expect({ names: groups.map((group) => group.name), warnings }).toEqual({
    names: ['g'],
    warnings: [],
  });
});

test('loadRuleSet() lists the problems of all files', () => {
  const broken = { ...config, rules: ['missing.yaml', 'gone.yaml'] };
  expect(() => loadRuleSet(broken, folder)).toThrow(
    'missing.yaml: Cannot read the rule file: no such file\ngone.yaml: Cannot read the rule file: no such file',
  );
});

test('loadRuleSet() warns of a pattern that matches nothing', () => {
  expect(loadRuleSet({ ...config, rules: ['*.yml'] }, folder)).toEqual({
    groups: [],
    warnings: ['No rule file matches "*.yml"'],
    broken: [],
    matches: new Map([['*.yml', 0]]),
    blank: new Set(),
  });
});

test('loadRuleSet() leaves out a broken file of many, unless rules_strict is set', () => {
  const many = { ...config, rules: ['alerts.yaml', 'missing.yaml'] };
  const { groups, broken } = loadRuleSet(many, folder);
  expect(groups.map(({ name }) => name)).toEqual(['g']);
  expect(broken).toEqual([
    { file: 'missing.yaml', path: '', message: 'Cannot read the rule file: no such file' },
  ]);
  expect(() => loadRuleSet({ ...many, rules_strict: true }, folder)).toThrow('missing.yaml');
});
