import { startGrpcSink } from '../support/grpc-sink.ts';
import { INFERENCES } from '../support/inference-apps.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { type AppFolder, type AppResult, createAppFolder, runApp } from '../support/run-app.ts';
import { ENDINGS, type Ending, filesOf, PLACES, type Place } from './endings.ts';

const PARALLEL = 2;
/** The bound of a flush, and what starting a thread costs on a busy machine. */
const LATER_MS_MAX = 2_000 + 1_000;
/** A thread and its process, or a worker and its primary, end one after the other. */
const ENDS: Readonly<Record<Place, number>> = { main: 1, 'worker thread': 2, cluster: 2 };

const ENDPOINTS = ['healthy', 'gRPC', 'refusing', 'hanging'] as const;
type Endpoint = (typeof ENDPOINTS)[number];

interface Cell {
  readonly ending: Ending;
  readonly place: Place;
  readonly endpoint: Endpoint;
}

/**
 * Ends one application in every way, in every place and with every kind of backend: with Telltale it
 * must end as without, in what it prints, in its exit code and in time, and what it recorded arrives
 * where a backend takes it.
 */
async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const folder = createAppFolder();
  const cells = ENDINGS.filter(({ name }) => names.length === 0 || names.includes(name)).flatMap(
    (ending) =>
      PLACES.flatMap((place) => ENDPOINTS.map((endpoint): Cell => ({ ending, place, endpoint }))),
  );
  const plain = new Map<string, AppResult>();
  let wrong = 0;
  const queue = [...cells];
  const work = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const faults = await runCell(cell, folder, plain);
      if (faults.length > 0) wrong += 1;
      const { ending, place, endpoint } = cell;
      console.log(
        `${faults.length === 0 ? 'same ' : 'WRONG'}  ${ending.name}, ${place}, ${endpoint}`,
      );
      for (const fault of faults) console.log(`       ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  folder.remove();
  console.log(`${cells.length - wrong} of ${cells.length} same`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

async function runCell(
  { ending, place, endpoint }: Cell,
  folder: AppFolder,
  plain: Map<string, AppResult>,
): Promise<readonly string[]> {
  const key = `${ending.name} ${place}`;
  const name = `${key.replace(/\W+/gu, '-')}.cjs`;
  const file = folder.write(name, filesOf(ending)[place]);
  const run = (
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<AppResult> =>
    runApp({
      argv: [...flags, file],
      cwd: folder.path,
      sinceLine: 'ready',
      ...(ending.signal === undefined
        ? {}
        : { signalAt: { line: 'ready', signal: ending.signal } }),
      env: { ORT_DISABLE_TELEMETRY: '1', ...env },
    });
  const expected = plain.get(key) ?? (await run([], {}));
  plain.set(key, expected);
  const isGrpc = endpoint === 'gRPC';
  const isHealthy = isGrpc || endpoint === 'healthy';
  const sink = isGrpc
    ? await startGrpcSink()
    : await startOtlpSink(endpoint === 'hanging' ? 'hang' : 'ok');
  if (endpoint === 'refusing') await sink.close();
  const seen = await run(['--require', 'telltale/register'], {
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    // What arrives is the question here, not how busy the machine is.
    ...(isGrpc ? { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } : {}),
    ...(isHealthy ? { TELLTALE_FLUSH_ON_EXIT_MS: '10000' } : {}),
  });
  if (endpoint !== 'refusing') await sink.close();
  const laterMsMax = ENDS[place] * LATER_MS_MAX;
  return faultsOf({ seen, expected, laterMsMax, sink: isHealthy ? sink : undefined });
}

/** Our own lines are promised: one at most of each kind. */
const foreign = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('telltale: '))
    .join('\n');

function faultsOf(result: {
  readonly seen: AppResult;
  readonly expected: AppResult;
  readonly laterMsMax: number;
  readonly sink: Pick<OtlpSink, 'spans' | 'total'> | undefined;
}): readonly string[] {
  const { seen, expected, laterMsMax, sink } = result;
  const faults: string[] = [];
  const ends = ({ code, signal }: AppResult): string => `${code} ${signal}`;
  if (ends(seen) !== ends(expected)) faults.push(`ends ${ends(seen)}, plain ${ends(expected)}`);
  if (seen.stdout !== expected.stdout)
    faults.push(`prints ${seen.stdout}, plain ${expected.stdout}`);
  if (foreign(seen.stderr) !== foreign(expected.stderr)) {
    faults.push(`standard error ${seen.stderr}, plain ${expected.stderr}`);
  }
  const laterMs = seen.endMs - expected.endMs;
  if (laterMs > laterMsMax) faults.push(`ends ${Math.round(laterMs)} ms later`);
  if (sink === undefined) return faults;
  const counted = sink.total('ml.inference.duration');
  const spans = sink.spans().filter(({ name }) => name === 'infer iris').length;
  if (counted !== INFERENCES || spans !== INFERENCES) {
    faults.push(`${counted} counted and ${spans} spans of ${INFERENCES} inferences`);
  }
  return faults;
}

await main();
