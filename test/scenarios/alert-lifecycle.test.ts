import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { slotOffsetMs } from '../../collector/src/rules/slot.ts';
import { AlertServiceFixture, START } from '../support/collector/alert-service.ts';

const RULES = `groups:
- name: queues
  interval: 10s
  rules:
  - alert: Deep
    expr: queue_depth > 10
    for: 30s
    labels: {severity: page}
  - alert: Full
    expr: queue_depth > 100
`;

let service: AlertServiceFixture;

beforeEach(() => {
  service = new AlertServiceFixture();
  service.writeRules(RULES);
  service.configure('  evaluation: {on_arrival: {groups: []}}\n');
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

/** Sends the value every ten seconds, as an exporter does. */
async function send(value: number, seconds: number): Promise<void> {
  for (let elapsed = 0; elapsed < seconds; elapsed += 10) {
    await service.gauge(value);
    await service.clock.advance(10_000);
  }
}

function kinds(): string[] {
  return service.app.core.parts.history
    .list({ limit: 100 })
    .filter(({ alertname, kind }) => alertname === 'Deep' && kind.startsWith('alert.'))
    .map(({ fromState, toState }) => `${fromState} > ${toState}`)
    .reverse();
}

describe('an alert', () => {
  test('goes pending, firing, resolved at the slots of its group', async () => {
    await service.start();
    await send(20, 20);
    expect(await service.alerts()).toEqual(['Deep pending']);
    expect(service.sent).toEqual([]);
    await send(20, 20);
    expect(await service.alerts()).toEqual(['Deep firing']);
    await send(5, 10);
    expect(await service.alerts()).toEqual([]);
    expect(service.sent.map(({ status, alerts }) => [status, alerts])).toEqual([
      ['firing', ['Deep firing']],
      ['resolved', ['Deep resolved']],
    ]);
    expect(kinds()).toEqual(['inactive > pending', 'pending > firing', 'firing > inactive']);
    const [first, second] = service.sent;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBe(10_000);
  });

  test('keeps its time in `for` over a crash, whatever its length', async () => {
    await service.start();
    await send(20, 20);
    await service.crash();
    await service.clock.advance(7000);
    await service.start();
    expect(await service.alerts()).toEqual(['Deep pending']);
    await send(20, 20);
    expect(await service.alerts()).toEqual(['Deep pending']);
    await send(20, 10);
    expect(await service.alerts()).toEqual(['Deep firing']);
    // Without the crash it fires at the slot of 35.4 s; the service was down at that of 25.4 s.
    expect(service.sent.map(({ atMs }) => Math.floor(atMs / 100))).toEqual([554]);
    expect(kinds()).toEqual(['inactive > pending', 'pending > firing']);
  });

  test('that fires goes on firing over a crash and is not announced again', async () => {
    await service.start();
    await send(20, 50);
    expect(service.sent).toHaveLength(1);
    await service.crash();
    await service.clock.advance(25_000);
    await service.start();
    expect(await service.alerts()).toEqual(['Deep firing']);
    await send(20, 20);
    expect(service.sent).toHaveLength(1);
    await send(5, 20);
    expect(service.sent.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  test('is not resolved by a restart without data', async () => {
    await service.start();
    await send(20, 50);
    await service.crash();
    await service.clock.advance(600_000);
    await service.start();
    await service.clock.advance(60_000);
    expect(await service.alerts()).toEqual(['Deep firing']);
    await send(5, 320);
    expect(service.sent.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  test('whose notification a crash interrupted is sent after the restart', async () => {
    service.answers.push({ kind: 'no answer', reason: 'network', message: 'refused' });
    await service.start();
    await service.gauge(200);
    await service.clock.advance(6000);
    expect(service.sent).toHaveLength(1);
    await service.crash();
    await service.start();
    await service.clock.advance(2000);
    expect(service.sent.map(({ alerts }) => alerts)).toEqual([['Full firing'], ['Full firing']]);
  });
});

describe('evaluation on arrival', () => {
  test('fires in the moment of the sample, and leaves rules with `for` to the slots', async () => {
    service.configure();
    await service.start();
    await service.gauge(200);
    expect(service.sent).toEqual([{ atMs: 0, status: 'firing', alerts: ['Full firing'] }]);
    expect(await service.alerts()).toEqual(['Full firing']);
    await service.clock.advance(50);
    await service.gauge(5);
    expect(service.sent).toHaveLength(1);
    await service.clock.advance(50);
    expect(service.sent.at(-1)).toEqual({
      atMs: 100,
      status: 'resolved',
      alerts: ['Full resolved'],
    });
    expect(await service.alerts()).toEqual([]);
  });
});

test('a late tick does not undo what a sample decided after its slot', async () => {
  service.configure();
  await service.start();
  await service.gauge(1);
  const slotMs = slotOffsetMs({ file: 'rules.yml', name: 'queues', intervalMs: 10_000 });
  const untilSlotMs = (((slotMs - START) % 10_000) + 10_000) % 10_000;
  await service.clock.advance(untilSlotMs - 10);
  // The wall clock passes the slot while the timer still waits.
  service.clock.jump(30);
  await service.gauge(200);
  expect(service.sent).toHaveLength(1);
  await service.clock.advance(10);
  expect((await service.alerts()).sort()).toEqual(['Full firing']);
  await service.clock.advance(10_000);
  expect(service.sent).toHaveLength(1);
});

describe('reload', () => {
  test('keeps the old rules when the new ones are bad, and says why', async () => {
    await service.start();
    service.writeRules(RULES.replace('queue_depth > 100', 'queue_depth >'));
    const response = await fetch(`http://127.0.0.1:${service.app.ports.api}/-/reload`, {
      method: 'POST',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('rules.yml:10:');
    await service.gauge(200);
    await service.clock.advance(10_000);
    expect(service.sent.map(({ alerts }) => alerts)).toEqual([['Full firing']]);
    expect(await (await service.get('/metrics')).text()).toContain(
      'telltale_collector_config_current 0',
    );
  });

  test('resolves alerts of a removed rule and keeps the others', async () => {
    await service.start();
    await service.gauge(200);
    await service.clock.advance(10_000);
    expect((await service.alerts()).sort()).toEqual(['Deep pending', 'Full firing']);
    service.writeRules(RULES.split('  - alert: Full')[0] ?? '');
    expect(service.app.reload('test')).toEqual([]);
    await service.clock.advance(0);
    expect(await service.alerts()).toEqual(['Deep pending']);
    expect(service.sent.at(-1)).toMatchObject({ status: 'resolved', alerts: ['Full resolved'] });
  });

  test('takes in series that the new rules ask for', async () => {
    await service.start();
    await service.gauge(200, { name: 'other_depth' });
    service.writeRules(RULES.replaceAll('queue_depth', 'other_depth'));
    service.app.reload('test');
    await service.gauge(200, { name: 'other_depth' });
    await service.clock.advance(10_000);
    expect((await service.alerts()).sort()).toEqual(['Deep pending', 'Full firing']);
  });
});

describe('liveness of resources', () => {
  test('resolves the alerts of an instance that stopped to export', async () => {
    service.configure(
      '  otlp: {liveness: {missed_intervals: 3}}\n  evaluation: {on_arrival: {groups: []}}\n',
    );
    service.writeRules(`${RULES}  - alert: Gone\n    expr: resource_up == 0\n`);
    await service.start();
    await send(200, 40);
    expect((await service.alerts()).sort()).toEqual(['Deep firing', 'Full firing']);
    await service.clock.advance(50_000);
    expect(await service.alerts()).toEqual(['Gone firing']);
    await send(5, 20);
    expect(await service.alerts()).toEqual([]);
  });
});

test('a recorded series survives a crash', async () => {
  service.writeRules(`groups:
- name: recorded
  interval: 10s
  rules:
  - record: depth:max
    expr: max(queue_depth)
  - alert: Rising
    expr: delta(depth:max[1m]) > 50
`);
  await service.start();
  await send(1, 20);
  await service.crash();
  await service.start();
  expect(await service.query('count_over_time(depth:max[1m])')).toEqual([[{}, '2']]);
  await send(100, 20);
  expect(await service.alerts()).toEqual(['Rising firing']);
  expect(service.clock.nowMs()).toBe(START + 40_000);
});

test('rules show their expression as Prometheus prints it', async () => {
  service.writeRules(`groups:
- {name: g, interval: 10s, rules: [{alert: A, expr: 'sum(queue_depth)by(job)>1 # c'}]}
`);
  await service.start();
  const { data } = (await (await service.get('/api/v1/rules')).json()) as {
    data: { groups: { rules: { query: string }[] }[] };
  };
  expect(data.groups[0]?.rules[0]?.query).toBe('sum by (job) (queue_depth) > 1');
});
