import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { networkBelow } from '../../deploy/local/network.ts';
import { programPath } from '../../deploy/local/programs.ts';
import { Service } from '../../deploy/local/service.ts';
import { jaegerSpecs } from '../../deploy/local/services/jaeger.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { referenceBinary } from '../support/reference-binaries.ts';
import { OtelcolProcess } from '../support/stack/otelcol-process.ts';
import { OwnPoints } from '../support/stack/own-points.ts';
import { until } from '../support/stack/rule-answers.ts';

/** The sampler decides after ten seconds. */
const ARRIVED_MS_MAX = 30_000;
const otelcol = referenceBinary('otelcol');

const recipes = [
  ['jaeger', 'npm run tools:stack'],
  ['jaeger-2', 'sh tools/peers.sh jaeger'],
] as const;

const folder = useOwnTemporaryFolder();

// The stack and its tests ask both in the same words.
describe.for(recipes)('%s', ([name, recipe]) => {
  const program = programPath(name);
  const isThere = otelcol !== undefined && existsSync(program);
  if (!isThere) {
    process.stderr.write(`SKIPPED: ${name} as the trace store: not built; run "${recipe}"\n`);
  }

  test.skipIf(!isThere)('takes spans of the OTel Collector and answers for them', async () => {
    const network = networkBelow(`127.${randomInt(20, 250)}.${randomInt(1, 250)}`);
    const files = {
      folder,
      logs: folder,
      keyPath: '',
      prometheusConfig: '',
      alertServiceConfig: '',
    };
    const store = new Service(jaegerSpecs[name](program, { network, files, apiKey: '' }));
    const collector = new OtelcolProcess({
      program: otelcol ?? '',
      storageFolder: join(folder, `${name}-queue`),
      telltaleUrl: 'http://127.0.0.1:9',
      prometheusUrl: 'http://127.0.0.1:9',
      tempoAddress: `${network.traces}:4317`,
    });
    const api = `http://${network.traces}:16686/api`;
    try {
      await store.start();
      await collector.start();
      const traceId = randomBytes(16).toString('hex');
      await new OwnPoints(collector.url, 'jaeger-test').span(
        traceId,
        randomBytes(8).toString('hex'),
      );
      const unknown = await fetch(`${api}/traces/${randomBytes(16).toString('hex')}`);
      expect(unknown.status).toBe(404);
      const found = await until(
        async () => {
          const answer = await fetch(`${api}/traces/${traceId}`);
          return answer.ok ? ((await answer.json()) as Traces) : undefined;
        },
        (answer) => answer !== undefined,
        ARRIVED_MS_MAX,
      );
      const names = found?.data.map(({ traceID, spans }) => [
        traceID,
        ...spans.map(({ operationName }) => operationName),
      ]);
      expect(names).toEqual([[traceId, 'own']]);
      const services = (await (await fetch(`${api}/services`)).json()) as { data: string[] };
      expect(services.data).toContain('jaeger-test');
    } finally {
      await collector.kill();
      await store.stop('SIGKILL');
    }
  });
});

interface Traces {
  readonly data: readonly {
    readonly traceID: string;
    readonly spans: readonly { readonly operationName: string }[];
  }[];
}
