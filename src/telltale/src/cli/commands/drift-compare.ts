import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { type Baseline, parseBaseline } from '@telltale/statistics';
import { type StreamStatus, sha256 } from '@telltale/instrumentation-drift';

import { reasonOf } from '../../diagnostics.ts';
import { inColumns } from '../columns.ts';
import { compareBaselines, percent, type StreamComparison } from '../drift/compare-baselines.ts';
import {
  askMonitoring,
  type MonitoringAddress,
  MonitoringError,
} from '../drift/monitoring-client.ts';
import { cellText, shortNumber } from '../drift/text.ts';
import type { CommandResult } from '@telltale/baseline-tool';

const BASE = '/monitoring/drift';
/** Exit code where something differs; 1 is for what could not be compared. */
const DIFFERS = 2;

export interface CompareOptions {
  /** Where the second version runs, when it is another process. */
  readonly other?: MonitoringAddress;
  readonly isJson: boolean;
}

/**
 * Two versions of a model side by side, stream by stream: `model@version` of a running process, whose
 * windows are compared, or files and folders of baselines.
 */
export async function driftCompare(
  address: MonitoringAddress,
  [first, second]: readonly [string, string],
  { other = address, isJson }: CompareOptions,
): Promise<CommandResult> {
  const rows = compareBaselines(
    await baselinesOf(first, address),
    await baselinesOf(second, other),
  );
  const differing = rows.filter(({ verdict }) => verdict !== 'alike').length;
  const output = isJson
    ? JSON.stringify({ first, second, differing, streams: rows })
    : tableOf(rows, [first, second]);
  return { output, warnings: [], exitCode: differing > 0 ? DIFFERS : 0 };
}

async function baselinesOf(side: string, address: MonitoringAddress): Promise<readonly Baseline[]> {
  const found = isPath(side) ? readBaselines(side) : await liveWindows(side, address);
  if (found.length > 0) return found;
  throw new MonitoringError(
    isPath(side)
      ? `Cannot compare "${side}": it holds no baseline, which is a .json file`
      : `Cannot compare "${side}": none of its streams has a baseline yet; "telltale drift status" lists them`,
  );
}

const isPath = (side: string): boolean =>
  !side.includes('@') || side.endsWith('.json') || /[\\/]$/u.test(side);

function readBaselines(path: string): readonly Baseline[] {
  try {
    const files = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((file) => file.endsWith('.json'))
          .toSorted()
          .map((file) => join(path, file))
      : [path];
    return files.map((file) => baselineIn(readFileSync(file, 'utf8'), file, BUILD));
  } catch (cause) {
    if (cause instanceof MonitoringError) throw cause;
    throw new MonitoringError(
      `Cannot read "${path}": ${reasonOf(cause)}; expected model@version of a running process, or a file or folder of baselines`,
    );
  }
}

async function liveWindows(side: string, address: MonitoringAddress): Promise<readonly Baseline[]> {
  const at = side.lastIndexOf('@');
  const choice = { model: side.slice(0, at), version: side.slice(at + 1) };
  const path = `${BASE}?${new URLSearchParams(choice).toString()}`;
  const { streams } = JSON.parse(await askMonitoring(address, { method: 'GET', path })) as {
    readonly streams: readonly StreamStatus[];
  };
  const found: Baseline[] = [];
  for (const { stream, windowN } of streams) {
    if (windowN === 0) continue;
    const { name, direction, segment, season } = stream;
    const query = new URLSearchParams({
      ...choice,
      direction,
      ...(segment === undefined ? {} : { segment }),
      ...(season === undefined ? {} : { season }),
    });
    const view = `${BASE}/${encodeURIComponent(name)}/window?${query.toString()}`;
    found.push(baselineIn(await askMonitoring(address, { method: 'GET', path: view }), name));
  }
  return found;
}

/** What to do about a file that is torn, edited, or something else. */
const BUILD = '; make one with telltale drift baseline build';

function baselineIn(text: string, where: string, advice = ''): Baseline {
  const parsed = parseBaseline(text, sha256);
  if (parsed.ok) return parsed.baseline;
  const { field, reason } = parsed.problem;
  throw new MonitoringError(
    `Cannot use the baseline "${where}": ${field === '' ? '' : `${field}: `}${reason}${advice}`,
  );
}

const VERDICTS: Readonly<Record<StreamComparison['verdict'], string>> = {
  alike: 'alike',
  differs: 'DIFFERS',
  only_first: 'only in the first',
  only_second: 'only in the second',
  kinds_differ: 'KINDS DIFFER',
};

function tableOf(
  rows: readonly StreamComparison[],
  [first, second]: readonly [string, string],
): string {
  const lines = rows.map(({ stream, direction, verdict, effect, missing, values, moved }) => [
    VERDICTS[verdict],
    cellText(`${stream} (${direction})`),
    shortNumber(effect),
    missing === null ? '-' : `${percent(missing.first)} > ${percent(missing.second)}`,
    `${values.first} > ${values.second}`,
    cellText(moved),
  ]);
  const head = ['VERDICT', 'STREAM', 'EFFECT', 'MISSING', 'VALUES', 'MOVED'];
  return `${cellText(`${first} > ${second}`)}\n\n${inColumns([head, ...lines])}`;
}
