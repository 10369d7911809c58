import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';

const rulesOf = (alert: string): string => `groups:
- name: ${alert}
  interval: 10s
  rules: [{alert: ${alert}, expr: queue_depth > 10}]
`;

let service: AlertServiceFixture;

beforeEach(() => {
  service = new AlertServiceFixture();
  service.writeRules(rulesOf('Good'));
  write('other.yml', rulesOf('Other'));
  service.configure();
  service.configText = service.configText.replace('[rules.yml]', '[rules.yml, other.yml]');
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

function write(name: string, text: string): void {
  writeFileSync(join(service.folder, name), text);
}

async function reload(): Promise<number> {
  const url = `http://127.0.0.1:${service.app.ports.api}/-/reload`;
  return (await fetch(url, { method: 'POST' })).status;
}

const firing = async (): Promise<string[]> => {
  await service.gauge(20);
  await service.clock.advance(10_000);
  return (await service.alerts()).toSorted();
};

test('one bad file of many does not stop the others, is told, and keeps its alerts', async () => {
  await service.start();
  expect(await firing()).toEqual(['Good firing', 'Other firing']);
  const told = service.sent.length;
  await service.stop();
  write('other.yml', 'groups: [');
  await service.start();
  expect(await firing()).toEqual(['Good firing']);
  const messages = service.sent.slice(told);
  expect(messages.flatMap(({ alerts }) => alerts)).toEqual(['TelltaleRuleFileBroken firing']);
  // A reload goes on with the fault that is known, and takes the file when it is mended.
  expect(await reload()).toBe(200);
  write('rules.yml', 'groups: [');
  expect(await reload()).toBe(400);
  write('rules.yml', rulesOf('Good'));
  write('other.yml', rulesOf('Other'));
  expect(await reload()).toBe(200);
  await service.clock.advance(1000);
  expect(await firing()).toEqual(['Good firing', 'Other firing']);
  expect(service.sent.at(-1)?.alerts).toContain('TelltaleRuleFileBroken resolved');
});

test('with rules_strict one bad file stops the start', async () => {
  write('other.yml', 'groups: [');
  service.configText += '  rules_strict: true\n';
  await expect(service.start()).rejects.toThrow('other.yml:1:10');
});
