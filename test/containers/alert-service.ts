import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { MIGRATIONS } from '../../collector/src/runtime/sqlite/migrations.ts';
import { WebhookSink } from '../support/collector/service-process.ts';
import { type Checks, same, within } from './checks.ts';
import { imageBytes, podmanOk } from './engine.ts';
import { SERVICE_IMAGE } from './names.ts';
import { ServicePod } from './service-pod.ts';

/** terminationGracePeriodSeconds of the chart less its preStop. */
const GRACE_SECONDS = 25;
const READY_SECONDS = 60;

interface Alerts {
  readonly data: {
    readonly alerts: readonly {
      readonly labels: { readonly alertname: string };
      readonly state: string;
      readonly activeAt: string;
    }[];
  };
}

/** Everything that a cluster relies on, with one container after another on the same data. */
export async function checkAlertService(
  checks: Checks,
  { folder, runtime }: { readonly folder: string; readonly runtime: readonly string[] },
): Promise<void> {
  const sink = new WebhookSink();
  await sink.start();
  const pod = new ServicePod(folder, runtime);
  pod.prepare(sink.url);
  try {
    await checkImage(checks, pod);
    await checkRunning(checks, pod);
    await checkAlerting(checks, pod, sink);
    await checkEnding(checks, pod);
  } finally {
    if (checks.failed > 0) console.log(pod.logs().split('\n').slice(-20).join('\n'));
    pod.remove();
    sink.stop();
  }
}

async function checkImage(checks: Checks, pod: ServicePod): Promise<void> {
  await checks.check('the image keeps its user, its volume and its health check', () => {
    const format =
      '{{.Config.User}} {{range $key, $_ := .Config.Volumes}}{{$key}}{{end}} {{.HealthCheck.Test}}';
    const [user, volume, ...health] = podmanOk(
      'image',
      'inspect',
      SERVICE_IMAGE,
      '--format',
      format,
    ).split(' ');
    same([user, volume, health[0]], ['10001:10001', '/data', '[CMD']);
    return `${(imageBytes(SERVICE_IMAGE) / 1e6).toFixed(0)} MB with its base`;
  });
  await checks.check('the configuration that the chart mounts is good', () => {
    const { status, stdout, stderr } = pod.runToEnd(
      'check',
      '--config',
      '/etc/telltale/telltale.yaml',
    );
    same([status, stderr], [0, '']);
    return stdout.trim();
  });
  await checks.check('a configuration that is not there is one line and exit code 2', () => {
    const { status, stderr } = pod.runToEnd('serve', '--config', '/etc/telltale/none.yaml');
    same([status, stderr.trim().split('\n').length], [2, 1]);
    return stderr.trim();
  });
}

async function checkRunning(checks: Checks, pod: ServicePod): Promise<void> {
  await checks.check('it starts and is healthy', () => {
    pod.start();
    return healthy(pod);
  });
  await checks.check('it runs as 10001, without capabilities, and cannot gain any', () => {
    const status = pod.evaluate(
      "process.getuid() + ' ' + require('fs').readFileSync('/proc/1/status', 'utf8').match(/CapEff.*|NoNewPrivs.*/g).join(' ')",
    );
    same(status.replaceAll(/\s+/gu, ' '), '10001 CapEff: 0000000000000000 NoNewPrivs: 1');
  });
  await checks.check('nothing but its data and /tmp can be written', () => {
    const attempt = (path: string): string =>
      pod.evaluate(
        `try { require('fs').writeFileSync('${path}', ''); 'written' } catch (error) { error.code }`,
      );
    same(['/app/x', '/etc/telltale/x', '/data/x', '/tmp/x'].map(attempt), [
      'EROFS',
      'EROFS',
      'written',
      'written',
    ]);
  });
}

async function checkAlerting(checks: Checks, pod: ServicePod, sink: WebhookSink): Promise<void> {
  await checks.check('its page is in the image', async () => {
    const response = await fetch('http://127.0.0.1:9465/');
    const text = await response.text();
    const script = /src="(?<path>[^"]+\.js)"/u.exec(text)?.groups?.['path'] ?? 'no script';
    const loaded = await fetch(new URL(script, response.url));
    same([response.status, loaded.status], [200, 200]);
  });
  await checks.check('it takes OTLP with the key only', async () => {
    same([await pod.send(42, 'wrong'), await pod.send(42)], [401, 200]);
  });
  await checks.check('a rule fires, and the receiver is told', async () => {
    const { payload } = await sink.waitFor(({ payload: sent }) => sent.status === 'firing');
    same(
      payload.alerts.map(({ labels }) => labels['alertname']),
      ['QueueDeep'],
    );
  });
  let activeAt: string | undefined;
  await checks.check('the API says the same', async () => {
    activeAt = await within(10, 'a firing alert', () => firingSince(pod));
  });
  await checks.check(
    'after kill -9 the alert is the same, and no message is sent again',
    async () => {
      await delivered(pod);
      const told = sink.received.length;
      pod.kill();
      pod.startAgain();
      await healthy(pod);
      same(await within(10, 'the alert', () => firingSince(pod)), activeAt);
      await pod.send(43);
      await evaluatedAgain(pod);
      same(sink.received.length, told);
    },
  );
  await checks.check('another container on the same volume goes on with it', async () => {
    pod.stop(GRACE_SECONDS);
    pod.start();
    await healthy(pod);
    same(await within(10, 'the alert', () => firingSince(pod)), activeAt);
  });
}

async function checkEnding(checks: Checks, pod: ServicePod): Promise<void> {
  await checks.check(`SIGTERM ends it within ${GRACE_SECONDS} s, with exit code 0`, () => {
    const startMs = performance.now();
    same(pod.stop(GRACE_SECONDS), 0);
    const seconds = (performance.now() - startMs) / 1000;
    if (seconds > GRACE_SECONDS) throw new Error(`took ${seconds} s`);
    return `${seconds.toFixed(1)} s`;
  });
  await checks.check('data of a newer version is refused in one line, and left alone', () => {
    const path = join(pod.data, 'telltale.db');
    const version = (): unknown => {
      const database = new DatabaseSync(path);
      const row = database.prepare('PRAGMA user_version').get();
      database.close();
      return row?.['user_version'];
    };
    const newer = MIGRATIONS.length + 1;
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version=${newer}`);
    database.close();
    const { status, stderr } = pod.runToEnd();
    same([status, stderr.trim().split('\n').length, version()], [1, 1, newer]);
    return stderr.trim();
  });
}

const healthy = (pod: ServicePod): Promise<string> => {
  const startMs = performance.now();
  return within(READY_SECONDS, 'healthy', () =>
    pod.isHealthy()
      ? `healthy after ${((performance.now() - startMs) / 1000).toFixed(1)} s`
      : undefined,
  );
};

async function firingSince(pod: ServicePod): Promise<string | undefined> {
  const { data } = (await pod.get('/api/v1/alerts')) as Alerts;
  return data.alerts.find(
    ({ labels, state }) => labels.alertname === 'QueueDeep' && state === 'firing',
  )?.activeAt;
}

/** Resolves when the service knows that its message arrived. */
const delivered = (pod: ServicePod): Promise<true> =>
  within(10, 'the message is noted', async () => {
    const path = '/monitoring/alerts/history?kind=notification.sent&receiver=hook';
    const { history } = (await pod.get(path)) as { readonly history: readonly unknown[] };
    return history.length > 0 ? true : undefined;
  });

/** Resolves after two more evaluations of the rule. */
async function evaluatedAgain(pod: ServicePod): Promise<void> {
  const last = async (): Promise<string> => {
    const { data } = (await pod.get('/api/v1/rules')) as {
      readonly data: { readonly groups: readonly { name: string; lastEvaluation: string }[] };
    };
    return data.groups.find(({ name }) => name === 'queues')?.lastEvaluation ?? '';
  };
  for (let round = 0; round < 2; round += 1) {
    const before = await last();
    await within(10, 'another evaluation', async () =>
      (await last()) === before ? undefined : true,
    );
  }
}
