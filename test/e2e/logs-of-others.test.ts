import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { startOtlpSink } from '../support/otlp-sink.ts';
import { runApp } from '../support/run-app.ts';

/** Kept between runs: what others log is tested with their real packages. */
const FOLDER = fileURLToPath(new URL('../../.cache/loggers', import.meta.url));
const WORKSPACE = fileURLToPath(new URL('../../node_modules', import.meta.url));
const PACKAGES = {
  pino: '10.4.0',
  winston: '3.19.0',
  '@opentelemetry/winston-transport': '0.34.0',
  '@opentelemetry/instrumentation-pino': '0.70.0',
  '@opentelemetry/instrumentation-winston': '0.69.0',
} as const;

/** An application with a logger of its own, inside one span. The line must carry the span's ids. */
const app = (load: string, log: string): string => `
const { trace } = require('@opentelemetry/api');
const { start } = require('telltale');
${load}
trace.getTracer('app').startActiveSpan('work', (span) => {
  console.log('trace ' + span.spanContext().traceId);
  ${log}
  span.end();
});
`;

const APPS = {
  pino: app(
    `const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino');
     const { registerInstrumentations } = require('@opentelemetry/instrumentation');
     registerInstrumentations({ instrumentations: [new PinoInstrumentation()] });
     const logger = require('pino')();`,
    `logger.warn('card declined');`,
  ),
  winston: app(
    `const { WinstonInstrumentation } = require('@opentelemetry/instrumentation-winston');
     const { registerInstrumentations } = require('@opentelemetry/instrumentation');
     registerInstrumentations({ instrumentations: [new WinstonInstrumentation()] });
     const winston = require('winston');
     const logger = winston.createLogger({ transports: [new winston.transports.Console()] });`,
    `logger.warn('card declined');`,
  ),
  console: app('', `console.warn('card declined');`),
} as const;

/** The SDK that the application starts itself, after our flag. */
const OWN_SDK = `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const sdk = new NodeSDK();
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
`;

function install(): string | undefined {
  if (existsSync(join(FOLDER, 'node_modules/winston/package.json'))) return undefined;
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'package.json'), '{"name":"loggers","private":true}\n');
    const names = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...names], {
      cwd: FOLDER,
      stdio: 'ignore',
      timeout: 120_000,
    });
    // Ours come from this workspace, as do the SDK and the API that they share.
    for (const name of ['telltale', '@opentelemetry/sdk-node', 'onnxruntime-node']) {
      const target = join(FOLDER, 'node_modules', name);
      if (!existsSync(target)) symlinkSync(join(WORKSPACE, name), target);
    }
    return undefined;
  } catch (cause) {
    return String(cause);
  }
}

const problem = install();
if (problem !== undefined) {
  process.stderr.write(`skipped: ${Object.keys(APPS).length * 2} tests of loggers: ${problem}\n`);
}

const cases = Object.entries(APPS).flatMap(([logger, source]) => [
  { logger, sdk: 'ours', source },
  { logger, sdk: "the application's, later", source: `${OWN_SDK}${source}` },
]);

describe.skipIf(problem !== undefined)('logs of others', () => {
  test.for(cases)('$logger, SDK: $sdk', async ({ logger, sdk, source }) => {
    const file = join(FOLDER, `${logger}-${sdk === 'ours' ? 'ours' : 'theirs'}.cjs`);
    writeFileSync(file, source);
    const sink = await startOtlpSink();
    const result = await runApp({
      argv: ['--require', 'telltale/register', file],
      cwd: FOLDER,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_LOGS_EXPORTER: 'otlp',
        TELLTALE_LOG_CONSOLE: logger === 'console' ? 'otlp' : 'off',
      },
    });
    await sink.close();
    const traceId = /^trace ([0-9a-f]{32})$/mu.exec(result.stdout)?.[1];
    expect({ code: result.code, stderr: result.code === 0 ? '' : result.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    // The application's own line stays, in addition to ours.
    expect(`${result.stdout}${result.stderr}`).toContain('card declined');
    expect(sink.logs().filter(({ body }) => body === 'card declined')).toMatchObject([
      { traceId, severityNumber: 13 },
    ]);
  });
});
