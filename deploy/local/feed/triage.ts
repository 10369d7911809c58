import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startApp } from '../../../examples/phishing/demo/app-process.ts';
import { freePort } from '../../../examples/phishing/demo/free-port.ts';
import { type Feed, NATIVE, type Target } from './phishing.ts';

const SCRIPT = join(import.meta.dirname, '../triage/app.ts');

/**
 * Two instances of the service that sorts tickets, one for each kind of histogram.
 *
 * @param phishingUrl whom they ask about links
 */
export async function startTriage(
  { addresses, files }: Target,
  model: Uint8Array,
  phishingUrl: string,
): Promise<Feed> {
  const modelPath = join(files.folder, 'triage.onnx');
  writeFileSync(modelPath, model);
  const apps = await Promise.all(
    [{}, NATIVE].map(async (env, index) =>
      startApp({
        script: SCRIPT,
        name: 'triage',
        port: 0,
        metricsPort: await freePort(),
        otlpUrl: addresses.otlpHttp,
        metricsOtlpUrl: `${addresses.otlpHttp}/v1/metrics`,
        modelPath,
        logPath: join(files.logs, `triage-${index}.log`),
        apiKey: randomUUID(),
        isAutomatic: false,
        env: { ...env, PHISHING_URL: phishingUrl },
      }),
    ),
  );
  return {
    urls: apps.map(({ url }) => url),
    stop: async () => {
      await Promise.all(apps.map((app) => app.stop()));
    },
  };
}
