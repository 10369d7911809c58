import { delay } from '../../test/support/collector/service-process.ts';
import type { Side } from '../../test/support/stack/alertmanager/sides.ts';

const CONFIG = `route: {receiver: hook, group_by: [alertname], group_wait: WAIT, group_interval: 5m}
receivers: [{name: hook, webhook_configs: [{url: 'HOOK/hook'}]}]
`;
const POST_ALERTS = 500;
const DELIVERED_MS_MAX = 120_000;

/** From the first message to the last, for so many groups of one alert that flush together. */
export async function deliverGroups(
  side: Side,
  groups: number,
): Promise<{ readonly spanMs: number }> {
  // Every group is there before the first one is due.
  await side.start(CONFIG.replace('WAIT', groups > 2000 ? '8s' : '4s'));
  try {
    await postGroups(side, groups);
    const deadline = performance.now() + DELIVERED_MS_MAX;
    while (side.sink.received.length < groups) {
      if (performance.now() > deadline) {
        throw new Error(`${side.name} delivered ${side.sink.received.length} of ${groups}`);
      }
      await delay(20);
    }
    return { spanMs: side.sink.lastMs - side.sink.firstMs };
  } finally {
    await side.stop();
  }
}

async function postGroups(side: Side, groups: number): Promise<void> {
  for (let from = 0; from < groups; from += POST_ALERTS) {
    const alerts = Array.from({ length: Math.min(POST_ALERTS, groups - from) }, (_, index) => ({
      labels: { alertname: `A${from + index}`, severity: 'page' },
    }));
    const { status } = await fetch(`${side.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    if (status !== 200) throw new Error(`${side.name} answered ${status}`);
  }
}
