import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { AlertServiceFixture, START } from '../support/collector/alert-service.ts';

const ALERTMANAGER = `route: {receiver: chat, group_wait: 0s}
receivers: [{name: chat, slack_configs: [{api_url: 'http://chat.test/'}]}]
`;

const service = new AlertServiceFixture();
afterEach(async () => {
  await service.stop();
  service.remove();
});

test('a message about drift says which feature moved, by how much and since when', async () => {
  // The rule asks for the state; the distance is what the message adds.
  service.writeRules(`groups:
- name: drift
  interval: 10s
  rules:
  - alert: FeatureDrift
    expr: max by (ml_model_name, ml_drift_stream) (ml_drift_state) >= 2
`);
  writeFileSync(join(service.folder, 'alertmanager.yml'), ALERTMANAGER);
  service.configText = `collector:
  listen: {otlp: '127.0.0.1:0', api: '127.0.0.1:0'}
  rules: [rules.yml]
  alertmanager_config: alertmanager.yml
  log: {level: error}
`;
  const texts: string[] = [];
  const app = service.create({
    send: (message) => {
      const { attachments } = JSON.parse(message.body) as { attachments: { text: string }[] };
      texts.push(attachments[0]?.text ?? '');
      return Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: 'ok' });
    },
  });
  await app.start();
  const stream = (name: string, metric: string): Record<string, string> => ({
    'ml.model.name': 'm1',
    'ml.drift.stream': name,
    ...(metric === '' ? {} : { 'ml.drift.metric': metric }),
  });
  const point = (name: string, value: number, attributes: Record<string, string>): object => ({
    name,
    value,
    timeMs: service.clock.nowMs(),
    attributes,
  });
  for (let round = 0; round < 2; round += 1) {
    await service.post([
      point('ml.drift.state', 3, stream('age', '')),
      point('ml.drift.state', 0, stream('city', '')),
      point('ml_drift_distance_ratio', 0.31, stream('age', 'psi')),
      point('ml_drift_distance_ratio', 0.12, stream('age', 'ks')),
      point('ml_drift_distance_ratio', 0.9, stream('city', 'psi')),
    ] as Parameters<typeof service.post>[0]);
    await service.clock.advance(10_000);
  }
  const day = new Date(START).toISOString().slice(0, 10);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toMatch(/^Drift: feature age moved, psi 0\.31/u);
  expect(texts[0]).toContain(day);
});
