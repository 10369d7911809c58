import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Demo, startDemo } from '../../deploy/local/feed/demo.ts';
import { judgeStack, type StackVerdict } from '../../deploy/local/panels/verdict.ts';
import { programPath } from '../../deploy/local/programs.ts';
import { type Stack, startStack } from '../../deploy/local/stack.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import { compareRules } from '../support/stack/compare-rules.ts';
import { OwnPoints } from '../support/stack/own-points.ts';
import { rulesOf, until, valuesOf } from '../support/stack/rule-answers.ts';

const RUN_MS = 60_000;
const ALERT_MS_MAX = 5000;
const OUTAGE_MS = 5000;
/** The OTel Collector waits so long before it tries a store again, and no longer. */
const BACK_MS_MAX = 60_000;
/** So long after the last export everything is in both stores, at the latest. */
const SETTLED_MS_MAX = 30_000;

const tell = (line: string): void =>
  void process.stdout.write(`[${Math.round(performance.now() / 1000)} s] ${line}\n`);

const otelcol = referenceBinaryOrWarn('otelcol', 'the whole stack, live');
const hasJaeger = otelcol !== undefined && existsSync(programPath('jaeger'));
if (otelcol !== undefined && !hasJaeger) {
  process.stderr.write(
    'SKIPPED: the whole stack, live: Jaeger is not built; npm run tools:stack\n',
  );
}

// One story: load, then what it left behind, then faults.
describe.skipIf(!hasJaeger)('the whole stack, live', () => {
  const folder = useOwnTemporaryFolder();
  let stack: Stack;
  let demo: Demo | undefined;
  let verdict: StackVerdict;
  const prefix = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;

  beforeAll(async () => {
    stack = await startStack({
      folder: join(folder, 'stack'),
      networkPrefix: prefix,
      onProgress: tell,
    });
    const startedMs = Date.now();
    demo = await startDemo(stack);
    tell('the demo runs');
    await sleep(RUN_MS);
    tell('asking every panel');
    verdict = await judgeStack(stack, { startedMs, hasGpu: demo.hasGpu });
  });
  afterAll(async () => {
    await demo?.stop();
    await stack?.stop();
  });

  const key = (): Record<string, string> => ({ 'x-api-key': stack.apiKey });

  test('every service is healthy, every query of every board has data, exemplars lead to traces', () => {
    expect(verdict.problems).toEqual([]);
    expect(verdict.panels.withData).toBe(verdict.panels.total);
    expect(verdict.panels.total).toBeGreaterThanOrEqual(110);
    expect(verdict.exemplarsResolved).toBe('20 of 20');
    expect(verdict.alertsInAlertmanager).toContain('DriftAlert');
    process.stdout.write(`${JSON.stringify(verdict.panels)}\n`);
  });

  test('the service graph has the edge between the two services of the demo', async () => {
    const query =
      'sum by (client, server) (traces_service_graph_request_total{client="triage",server="phishing"}) > 0';
    const edges = await valuesOf(stack.addresses.prometheus, { query, timeMs: Date.now() });
    expect(edges).toHaveLength(1);
  });

  test('Prometheus and the alert service evaluate the same rules, none with an error', async () => {
    const ofPrometheus = await rulesOf(stack.addresses.prometheus);
    const ofService = await rulesOf(stack.addresses.alertApi, key());
    expect(ofPrometheus.failed).toEqual([]);
    expect(ofService.failed).toEqual([]);
    expect(ofService.keys).toEqual(ofPrometheus.keys);
    expect(ofService.keys.length).toBeGreaterThan(40);
  });

  test('every rule of the applications has the same values in both', async () => {
    const { rules } = await rulesOf(stack.addresses.prometheus);
    const timeMs = Date.now();
    await demo?.stop();
    demo = undefined;
    const { prometheus, alertApi } = stack.addresses;
    const engines = [{ base: prometheus }, { base: alertApi, headers: key() }] as const;
    const answers = await until(
      async () => compareRules(rules, timeMs, engines),
      ({ different }) => different.length === 0,
      SETTLED_MS_MAX,
    ).catch(async () => compareRules(rules, timeMs, engines));
    const { different, silent, spoken, values } = answers;
    tell(`${spoken.length} rules with ${values} values; without any: ${silent.join(', ')}`);
    expect(different).toEqual([]);
    expect(spoken.length).toBeGreaterThan(20);
  });

  test('the alert service watches the OTel Collector', async () => {
    const query = 'count(otelcol_exporter_queue_capacity) > 0';
    const answer = await valuesOf(stack.addresses.alertApi, { query, timeMs: Date.now() }, key());
    expect(answer).toHaveLength(1);
  });

  test('an alert is in the Alertmanager within 5 s', async () => {
    const own = new OwnPoints(stack.addresses.otlpHttp, 'late-alert');
    const startedMs = performance.now();
    await own.gauge('ml.drift.state', 4, {
      'ml.model.name': 'late-alert',
      'ml.drift.stream': 'age',
      'ml.drift.direction': 'input',
    });
    const alerts = await until(
      async () => {
        const filter = encodeURIComponent('ml_model_name="late-alert"');
        const answer = await fetch(
          `${stack.addresses.alertmanager}/api/v2/alerts?filter=${filter}`,
        );
        return (await answer.json()) as unknown[];
      },
      (found) => found.length > 0,
      ALERT_MS_MAX,
    );
    expect(alerts).toHaveLength(1);
    process.stdout.write(
      `alert in the Alertmanager after ${Math.round(performance.now() - startedMs)} ms\n`,
    );
  });

  test('Prometheus down for a while: no point that was acknowledged is lost', async () => {
    const own = new OwnPoints(stack.addresses.otlpHttp, 'outage');
    const prometheus = stack.services.get('prometheus');
    let sent = 0;
    const send = async (forMs: number): Promise<void> => {
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs) {
        await own.gauge('outage.probe', sent);
        sent += 1;
        await sleep(100);
      }
    };
    await send(1000);
    await prometheus?.stop('SIGKILL');
    await send(OUTAGE_MS);
    await prometheus?.start();
    await send(1000);
    const count = await until(
      async () => {
        const timeMs = Date.now();
        return valuesOf(stack.addresses.prometheus, {
          query: 'count_over_time(outage_probe[5m])',
          timeMs,
        });
      },
      (values) => values[0]?.endsWith(` ${sent.toPrecision(9)}`) === true,
      BACK_MS_MAX,
    );
    expect(count).toHaveLength(1);
  });

  test('the trace store down for a while: spans that were acknowledged meanwhile arrive', async () => {
    const own = new OwnPoints(stack.addresses.otlpHttp, 'outage');
    const traces = stack.services.get('traces');
    await traces?.stop('SIGKILL');
    const ids = Array.from({ length: 20 }, () => randomBytes(16).toString('hex'));
    for (const id of ids) await own.span(id, randomBytes(8).toString('hex'));
    await sleep(OUTAGE_MS);
    await traces?.start();
    const arrived = await until(
      async () => {
        const found = await Promise.all(
          ids.map(async (id) => (await fetch(`${stack.addresses.traceQuery}/api/traces/${id}`)).ok),
        );
        return found.filter(Boolean).length;
      },
      (found) => found === ids.length,
      BACK_MS_MAX,
    );
    expect(arrived).toBe(ids.length);
  });

  test('kill -9 of the OTel Collector with both stores down: what was queued arrives', async () => {
    const own = new OwnPoints(stack.addresses.otlpHttp, 'killed');
    const service = (name: string) => stack.services.get(name);
    await service('prometheus')?.stop('SIGKILL');
    for (let index = 0; index < 20; index += 1) {
      await own.gauge('killed.probe', index);
      await sleep(50);
    }
    // Into the queue on the disk; what is younger is in memory still.
    await sleep(1500);
    await service('otel-collector')?.stop('SIGKILL');
    await service('prometheus')?.start();
    await service('otel-collector')?.start();
    const count = await until(
      () =>
        valuesOf(stack.addresses.prometheus, {
          query: 'count_over_time(killed_probe[5m])',
          timeMs: Date.now(),
        }),
      (values) => values[0]?.endsWith(` ${(20).toPrecision(9)}`) === true,
      BACK_MS_MAX,
    );
    expect(count).toHaveLength(1);
  });

  test('the alert service killed: it comes back and goes on', async () => {
    const service = stack.services.get('telltale-collector');
    await service?.stop('SIGKILL');
    await service?.start();
    const { failed, keys } = await rulesOf(stack.addresses.alertApi, key());
    expect(failed).toEqual([]);
    expect(keys.length).toBeGreaterThan(40);
  });
});
