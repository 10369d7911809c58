import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SECONDS_MAX = 5;
const SECONDS_MIN = 1;
/** When the service has warmed up. */
const DELAY_MS_MAX = 3000;
const FUNCTIONS_SHOWN = 5;
const ANSWER_MS_EXTRA = 15_000;
const INFERENCE = /^infer\b/u;

export interface HotFunction {
  readonly name: string;
  /** Its file with the line; empty for native code. */
  readonly place: string;
  /** Share of the time in which the service was busy, 0 to 1. */
  readonly share: number;
}

/** Where the time of the service went while it was under load. */
export interface ServiceProfile {
  /** The flamegraph, which is kept. */
  readonly file: string;
  /** The five functions with the most time of their own, the hottest first. */
  readonly functions: readonly HotFunction[];
  /**
   * Share of the busy time of the main thread in which an inference was the innermost span. What
   * ONNX Runtime computes in threads of its own is not in it.
   */
  readonly modelShare: number;
}

/** What `GET /monitoring/profile?format=json` answers, as far as it is read here. */
interface ProfileJson {
  readonly functions: readonly {
    readonly name: string;
    readonly file: string;
    readonly line: number;
    readonly selfMicros: number;
  }[];
  readonly spans: readonly { readonly name: string; readonly micros: number }[];
}

interface Service {
  readonly monitoringUrl: string;
  readonly apiKey: string;
  /** How long the demo runs; `undefined`: until Ctrl-C. */
  readonly forMs: number | undefined;
}

/**
 * Asks the service for its own profile, twice in a row: one recording as a picture, one as numbers.
 *
 * @throws {Error} that says what the service answered
 */
export async function profileService({
  monitoringUrl,
  apiKey,
  forMs = Number.POSITIVE_INFINITY,
}: Service): Promise<ServiceProfile> {
  const seconds = Math.max(SECONDS_MIN, Math.min(SECONDS_MAX, forMs / 4000));
  await sleep(Math.min(DELAY_MS_MAX, forMs / 10));
  const ask = async (format: string): Promise<string> => {
    const answer = await fetch(
      `${monitoringUrl}/monitoring/profile?seconds=${seconds}&format=${format}`,
      {
        headers: { 'x-api-key': apiKey },
        signal: AbortSignal.timeout(seconds * 1000 + ANSWER_MS_EXTRA),
      },
    );
    const body = await answer.text();
    if (!answer.ok) throw new Error(`the profile was answered with HTTP ${answer.status}: ${body}`);
    return body;
  };
  const file = join(mkdtempSync(join(tmpdir(), 'telltale-demo-profile-')), 'service.svg');
  writeFileSync(file, await ask('svg'));
  return { file, ...readProfile(JSON.parse(await ask('json')) as ProfileJson) };
}

/** The hottest functions and the share of the model. */
export function readProfile({ functions, spans }: ProfileJson): Omit<ServiceProfile, 'file'> {
  const busyMicros = functions.reduce((sum, { selfMicros }) => sum + selfMicros, 0);
  const share = (micros: number): number => (busyMicros === 0 ? 0 : micros / busyMicros);
  const inference = spans.filter(({ name }) => INFERENCE.test(name));
  return {
    functions: functions.slice(0, FUNCTIONS_SHOWN).map(({ name, file, line, selfMicros }) => ({
      name,
      place: file === '' ? '' : `${file.split(/[\\/]/u).slice(-2).join('/')}:${line}`,
      share: share(selfMicros),
    })),
    modelShare: share(inference.reduce((sum, { micros }) => sum + micros, 0)),
  };
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

/** The profile as lines of the result. */
export function profileLines({ file, functions, modelShare }: ServiceProfile): readonly string[] {
  return [
    `flamegraph of the service under load: ${file}`,
    'its hottest functions, by their own share of the busy time:',
    ...functions.map(({ name, place, share }) => `${percent(share).padStart(8)}  ${name} ${place}`),
    `the model: ${percent(modelShare)} of the busy time of the main thread was inside of inference spans`,
  ];
}

/** A profile that shows nothing of the service is none. */
export function profileProblems(profile: ServiceProfile | Error | undefined): readonly string[] {
  if (profile === undefined) return [];
  if (profile instanceof Error) return [`no profile: ${profile.message}`];
  if (profile.functions.length === 0) return ['the profile has no functions'];
  return profile.modelShare > 0 ? [] : ['the profile has no time in inference spans'];
}
