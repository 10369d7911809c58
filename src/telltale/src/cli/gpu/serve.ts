import { loadConfig } from '../../config.ts';
import { start } from '../../start.ts';
import { lookOnce } from './look.ts';

const SERVICE = 'telltale-gpu';

/**
 * Reads the GPUs for a machine, exports OTLP and serves the page, until a signal ends the process.
 * Resolves only when there is nothing to serve.
 */
export async function serveGpus(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<{ readonly output: string; readonly exitCode: number }> {
  const config = loadConfig({ env, folder });
  const { snapshot, notes } = await lookOnce(config);
  if (snapshot === undefined || snapshot.gpus.length === 0) {
    return { output: ['No GPU can be read on this machine', ...notes].join('\n'), exitCode: 1 };
  }
  // Neither the page nor the thread holds a process, as they must not hold an application.
  setInterval(() => {}, 3_600_000);
  const { pagePort } = start({
    options: {
      sdk: 'own',
      instrumentations: 'gpu',
      'gpu.mode': 'worker',
      ...(config.isSet('service.name') ? {} : { 'service.name': SERVICE }),
    },
  });
  const port = await pagePort;
  const host = config.text('monitoring.host') ?? '127.0.0.1';
  const page = port === undefined ? 'no page' : `page http://${host}:${port}/metrics`;
  const names = snapshot.gpus.map(({ identity }) => identity.name).join(', ');
  console.error(`telltale: reading ${names}; ${page}`);
  return new Promise(() => {});
}
