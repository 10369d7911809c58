import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Database } from '../../collector/src/runtime/sqlite/database.ts';
import { AlertServiceFixture } from '../support/collector/alert-service.ts';

const RULES = `groups:
- name: queues
  interval: 10s
  rules:
  - alert: Full
    expr: queue_depth > 100
  - alert: FullForLong
    expr: queue_depth > 100
    for: 20s
`;

let service: AlertServiceFixture;

beforeEach(() => {
  service = new AlertServiceFixture();
  service.writeRules(RULES);
  service.configure();
});
afterEach(async () => {
  vi.restoreAllMocks();
  if (service.isRunning) await service.stop();
  service.remove();
});

/** Every statement that writes fails, as on a full disk; reads go on. */
function failWrites(): void {
  vi.spyOn(Database.prototype, 'run').mockImplementation(() => {
    throw new Error('database or disk is full');
  });
}

/** Every other transaction fails, as on a disk that is nearly full. */
function failEveryOther(): void {
  const original = Reflect.get(Database.prototype, 'transaction') as (
    ...args: readonly unknown[]
  ) => unknown;
  let depth = 0;
  let begun = 0;
  vi.spyOn(Database.prototype, 'transaction').mockImplementation(function fail(
    this: Database,
    ...args
  ) {
    if (depth === 0) begun += 1;
    if (depth === 0 && begun % 2 === 0) throw new Error('database or disk is full');
    depth += 1;
    try {
      return original.apply(this, args);
    } finally {
      depth -= 1;
    }
  });
}

async function live(durationMs: number, value: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += 10_000) {
    await service.gauge(value);
    await service.clock.advance(10_000);
  }
}

const told = (): string[] => service.sent.flatMap(({ alerts }) => alerts);

test('alerts are told from memory while the database fails, and saved when it works', async () => {
  await service.start();
  await live(20_000, 1);
  failWrites();
  await live(60_000, 200);
  expect(told()).toEqual(
    expect.arrayContaining(['Full firing', 'FullForLong firing', 'TelltaleCannotWrite firing']),
  );
  const ready = await service.get('/-/ready');
  expect([ready.status, await ready.text()]).toEqual([
    503,
    expect.stringContaining('the database cannot be written'),
  ]);
  // A reload, and a message whose sending failed, meet the same database.
  expect(service.app.reload('test')).toEqual([]);
  service.answers.push({ kind: 'no answer', reason: 'network', message: 'ECONNREFUSED' });
  await live(30_000, 1);
  expect(told().filter((each) => each === 'Full resolved')).not.toEqual([]);

  vi.restoreAllMocks();
  await live(60_000, 1);
  expect((await service.get('/-/ready')).status).toBe(200);
  await live(60_000, 200);
  expect(await service.alerts()).toEqual(
    expect.arrayContaining(['Full firing', 'FullForLong firing']),
  );
  const before = told().length;
  await service.crash();
  await service.start();
  await live(20_000, 200);
  // What was told is known after the restart.
  expect(
    told()
      .slice(before)
      .filter((each) => each.endsWith(' firing')),
  ).toEqual([]);
});

test('a database that fails every other time is told a few times, not without end', async () => {
  await service.start();
  await live(20_000, 1);
  failEveryOther();
  await live(10 * 60_000, 1);
  const ofFault = (): string[] => told().filter((each) => each.startsWith('TelltaleCannotWrite'));
  expect(ofFault().length).toBeGreaterThan(0);
  expect(ofFault().length).toBeLessThan(10);
  vi.restoreAllMocks();
  await live(60_000, 1);
  expect(ofFault().at(-1)).toBe('TelltaleCannotWrite resolved');
  expect((await service.get('/-/ready')).status).toBe(200);
});

test('a service starts, stops and takes data although its database cannot be written', async () => {
  await service.start();
  await service.stop();
  failWrites();
  await service.start();
  expect((await service.get('/-/ready')).status).toBe(503);
  await live(20_000, 200);
  expect(told()).toContain('Full firing');
  await service.stop();
});

test('a data folder that is deleted under the service is reported, and alerting goes on', async () => {
  await service.start();
  await live(20_000, 1);
  rmSync(join(service.folder, 'telltale-data'), { recursive: true });
  await live(90_000, 200);
  expect(told()).toEqual(expect.arrayContaining(['Full firing', 'TelltaleCannotWrite firing']));
  const ready = await service.get('/-/ready');
  expect([ready.status, await ready.text()]).toEqual([
    503,
    expect.stringContaining('the data folder was deleted or replaced'),
  ]);
  await service.stop();
  await service.start();
  expect((await service.get('/-/ready')).status).toBe(200);
});
