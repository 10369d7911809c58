import { extname } from 'node:path';
import { threadId } from 'node:worker_threads';

import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';

import type { Config } from '../config.ts';
import { report } from '../diagnostics.ts';
import { CONSOLE_SCOPE } from './capture-console.ts';
import { JsonLinesProcessor } from './json-lines-processor.ts';
import { createStreamSink, type LineSink, LogFile } from './line-sink.ts';

const SEVERITIES: Readonly<Record<string, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};
const ROTATE_SIZE = /^\d+[KMG]$/u;
const ROTATE_SIZE_DEFAULT = '100M';

/** Processors that write lines of JSON to where the configuration asks for them. */
export function createLineProcessors(config: Config): readonly LogRecordProcessor[] {
  const severityMin = SEVERITIES[config.text('logs.level') ?? 'info'] ?? 9;
  const processors: LogRecordProcessor[] = [];
  const file = config.text('logs.file');
  if (file !== undefined) {
    processors.push(new JsonLinesProcessor(fileSink(file, config), { severityMin }));
  }
  if (config.flag('logs.stdout')) {
    processors.push(new JsonLinesProcessor(createStreamSink(), { severityMin }));
  } else if (config.text('logs.console') === 'json') {
    const scope = CONSOLE_SCOPE;
    processors.push(new JsonLinesProcessor(createStreamSink(), { severityMin, scope }));
  }
  return processors;
}

/** Names of the streams that every process has; they have no size, and no process id in their name. */
const STREAMS: Readonly<Record<string, () => NodeJS.WritableStream>> = {
  '/dev/stdout': () => process.stdout,
  '/dev/fd/1': () => process.stdout,
  '/dev/stderr': () => process.stderr,
  '/dev/fd/2': () => process.stderr,
};

function fileSink(file: string, config: Config): LineSink {
  const stream = STREAMS[file];
  if (stream !== undefined) return createStreamSink(stream());
  return new LogFile({
    path: pathOfProcess(file),
    rotateSize: rotateSize(config),
    keep: config.number('logs.keep') ?? 5,
    sharedName: file,
  });
}

/** Whether lines are written anywhere. */
export const writesLines = (config: Config): boolean =>
  config.text('logs.file') !== undefined || config.flag('logs.stdout');

/** `app.log` becomes `app.4711.log`: processes and threads that share a file would tear it. */
function pathOfProcess(
  path: string,
  id: string = threadId === 0 ? String(process.pid) : `${process.pid}.${threadId}`,
): string {
  const extension = extname(path);
  const base = extension === '' ? path : path.slice(0, -extension.length);
  return `${base}.${id}${extension}`;
}

function rotateSize(config: Config): string {
  const text = (config.text('logs.rotate_size') ?? ROTATE_SIZE_DEFAULT).toUpperCase();
  if (ROTATE_SIZE.test(text)) return text;
  const wanted = 'expected a number with K, M or G such as 100M';
  report('logs.rotate_size', `Cannot use logs.rotate_size: ${wanted}: current value is "${text}"`);
  return ROTATE_SIZE_DEFAULT;
}
