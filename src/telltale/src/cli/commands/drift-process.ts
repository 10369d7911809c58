import { readFileSync } from 'node:fs';

import { parseBaseline } from '@telltale/statistics';
import {
  drawTerminalPlot,
  type PlotPanel,
  type StreamStatus,
  sha256,
} from '@telltale/instrumentation-drift';

import { reasonOf } from '../../diagnostics.ts';
import { describeBaseline } from '../drift/describe-baseline.ts';
import {
  askMonitoring,
  type MonitoringAddress,
  MonitoringError,
} from '../drift/monitoring-client.ts';
import { type AllStreams, streamTable } from '../drift/stream-table.ts';
import { cellText, wrapped } from '../drift/text.ts';
import { type CommandResult, writeWhole } from '@telltale/baseline-tool';

const BASE = '/monitoring/drift';

/** Which streams of a process are meant. */
export interface StreamChoice {
  readonly model?: string;
  readonly version?: string;
  readonly direction?: string;
  readonly segment?: string;
}

export interface TerminalLook {
  readonly width: number;
  readonly isColored: boolean;
}

const done = (output: string): CommandResult => ({ output, warnings: [], exitCode: 0 });

/** Runs a command that asks a process; whatever goes wrong is one sentence and exit code 1. */
export async function asking(command: () => Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await command();
  } catch (cause) {
    const isKnown = cause instanceof MonitoringError;
    const message = isKnown ? cause.message : `Cannot understand the answer: ${reasonOf(cause)}`;
    return { output: '', warnings: [cellText(message)], exitCode: 1 };
  }
}

/** All streams as a table, or as the process tells them. */
export async function driftStatus(
  address: MonitoringAddress,
  options: StreamChoice & { readonly state?: string; readonly isJson: boolean } & TerminalLook,
): Promise<CommandResult> {
  const { state, isJson, isColored, width } = options;
  const path = `${BASE}${query({ ...choiceOf(options), state })}`;
  const text = await askMonitoring(address, { method: 'GET', path });
  if (isJson) return done(text.trimEnd());
  const all = JSON.parse(text) as AllStreams;
  if (all.streams.length === 0) {
    const isAny = state === undefined && Object.keys(choiceOf(options)).length === 0;
    return done(isAny ? 'No stream yet: no value was observed' : 'No such stream');
  }
  return done(streamTable(all, { isColored, width, nowMs: Date.now() }));
}

/** The window against the baseline, drawn for the terminal or as SVG into a file. */
export async function driftPlot(
  address: MonitoringAddress,
  stream: string,
  options: StreamChoice & TerminalLook & { readonly svg?: string },
): Promise<CommandResult> {
  const ask = (view: string): Promise<string> =>
    askMonitoring(address, { method: 'GET', path: streamPath(stream, `/${view}`, options) });
  if (options.svg !== undefined) {
    writeFile(options.svg, await ask('plot.svg'));
    return done(options.svg);
  }
  const { summary = [], panels } = JSON.parse(await ask('plot.json')) as {
    readonly summary?: readonly string[];
    readonly panels: readonly PlotPanel[];
  };
  const words = wrapped(summary.map(cellText), options.width);
  return done(`${words}\n\n${drawTerminalPlot(panels, options).trimEnd()}`);
}

/** A baseline of a process or in a file, for people. */
export async function showBaseline(
  address: MonitoringAddress,
  streamOrFile: string,
  choice: StreamChoice,
): Promise<CommandResult> {
  const isFile = streamOrFile.endsWith('.json');
  const text = isFile
    ? readFile(streamOrFile)
    : await askMonitoring(address, {
        method: 'GET',
        path: streamPath(streamOrFile, '/baseline', choice),
      });
  const parsed = parseBaseline(text, sha256);
  if (parsed.ok) return done(describeBaseline(parsed.baseline, parsed.id));
  const { field, reason } = parsed.problem;
  const where = field === '' ? '' : `${field}: `;
  throw new MonitoringError(`Cannot use the baseline "${streamOrFile}": ${where}${reason}`);
}

/** The baseline of a process into a file, for `drift.baseline.paths`. */
export async function pullBaseline(
  address: MonitoringAddress,
  stream: string,
  options: StreamChoice & { readonly out: string },
): Promise<CommandResult> {
  const path = streamPath(stream, '/baseline', options);
  const text = await askMonitoring(address, { method: 'GET', path });
  const parsed = parseBaseline(text, sha256);
  if (!parsed.ok) throw new MonitoringError(`Cannot use the baseline: ${parsed.problem.reason}`);
  writeFile(options.out, text);
  return done(`${options.out} ${parsed.id.slice(0, 12)}`);
}

/** What an action does, beside the streams that it is for. */
export interface DriftAction {
  readonly name: 'reset' | 'rebaseline' | 'acknowledge';
  /** All streams that the choice leaves without one. */
  readonly stream: string | undefined;
  readonly keepBaseline?: boolean;
  readonly by?: string;
}

/** Acts on the streams of a process and shows how they are afterwards. */
export async function driftAct(
  address: MonitoringAddress,
  { name, stream, keepBaseline, by }: DriftAction,
  options: StreamChoice & TerminalLook,
): Promise<CommandResult> {
  const { model, version, segment } = options;
  const text = await askMonitoring(address, {
    method: 'POST',
    path: `${BASE}/${name}`,
    body: { stream, model, version, segment, keepBaseline, by },
  });
  const { streams } = JSON.parse(text) as { streams: readonly StreamStatus[] };
  return done(streamTable({ streams }, { ...options, nowMs: Date.now() }));
}

const streamPath = (stream: string, view: string, choice: StreamChoice): string =>
  `${BASE}/${encodeURIComponent(stream)}${view}${query(choiceOf(choice))}`;

function choiceOf({ model, version, direction, segment }: StreamChoice): Record<string, string> {
  const fields = Object.entries({ model, version, direction, segment });
  return Object.fromEntries(
    fields.filter((field): field is [string, string] => field[1] !== undefined),
  );
}

function query(fields: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(fields).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MonitoringError(`Cannot read "${path}": ${reasonOf(cause)}`);
  }
}

function writeFile(path: string, text: string): void {
  try {
    writeWhole(path, text);
  } catch (cause) {
    throw new MonitoringError(`Cannot write "${path}": ${reasonOf(cause)}`);
  }
}
