import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  type Baseline,
  buildBaseline,
  type Collected,
  collectColumn,
  columnKind,
  type HomogeneousBlock,
  homogeneousBlock,
  SeededRandom,
  type StreamKey,
  type StreamKind,
  serializeBaseline,
  shuffled,
} from '@telltale/statistics';

import { sha256 } from '../runtime/fleet/sha256.ts';
import type { CommandIo } from './command-io.ts';
import { CsvError, readCsvRecords } from './csv.ts';
import { CsvColumn } from './csv-column.ts';

export interface BuildFlags {
  readonly model: string;
  readonly version: string;
  readonly column: readonly string[];
  readonly stream?: string;
  readonly kind: StreamKind | 'auto';
  readonly direction: 'input' | 'output';
  readonly segment?: string;
  readonly season?: string;
  readonly out?: string;
  /** Rows are in no order of time. */
  readonly unordered?: boolean;
}

const PROGRESS_ROWS = 100_000;
const VALUES_MIN = 200;
/** Without them a baseline promises nothing. */
const HOPELESS: ReadonlySet<string> = new Set(['too_few', 'mostly_missing']);

/** Builds a baseline of each named column of a CSV file. @returns the exit code */
export async function buildFromCsv(
  file: string,
  flags: BuildFlags,
  io: CommandIo,
): Promise<number> {
  if (flags.column.length > 1 && (flags.out === undefined || flags.stream !== undefined)) {
    io.stderr('Cannot build several baselines: name a folder with --out, and no --stream\n');
    return 1;
  }
  const columns = await readColumns(file, flags, io);
  if (columns === undefined) return 1;
  let code = 0;
  for (const [name, column] of columns)
    code = Math.max(code, buildOne(name, column, { flags, io }));
  return code;
}

async function readColumns(
  file: string,
  flags: BuildFlags,
  io: CommandIo,
): Promise<Map<string, CsvColumn> | undefined> {
  const table = new CsvTable(flags.column);
  try {
    await readCsvRecords(createReadStream(file), (cells, line) => {
      table.take(cells, line);
      if (table.rows > 0 && table.rows % PROGRESS_ROWS === 0) io.stderr(`${table.rows} rows\n`);
    });
    if (table.rows === 0) throw new CsvError(1, 'expected a header and rows');
    return table.columns;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    io.stderr(`Cannot read "${file}": ${code === 'ENOENT' ? 'no such file' : message}\n`);
    return undefined;
  }
}

/** Takes records: the first one names the columns. */
class CsvTable {
  readonly columns: Map<string, CsvColumn> = new Map();
  rows = 0;
  readonly #wanted: readonly string[];
  #places: Map<number, CsvColumn> | undefined;
  #width = 0;

  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
  }

  take(cells: readonly string[], line: number): void {
    if (this.#places === undefined) {
      this.#places = this.#readHeader(cells, line);
      return;
    }
    if (cells.length !== this.#width) {
      const what = `expected ${this.#width} cells as in the header: current value is ${cells.length}`;
      throw new CsvError(line, what);
    }
    for (const [place, column] of this.#places) column.add(cells[place] ?? '');
    this.rows += 1;
  }

  #readHeader(cells: readonly string[], line: number): Map<number, CsvColumn> {
    const names = cells.map((name) => name.trim());
    this.#width = names.length;
    return new Map(
      this.#wanted.map((name) => {
        const place = names.indexOf(name);
        if (place < 0) {
          throw new CsvError(line, `no column "${name}": the header has ${names.join(', ')}`);
        }
        const column = new CsvColumn();
        this.columns.set(name, column);
        return [place, column];
      }),
    );
  }
}

function buildOne(
  name: string,
  column: CsvColumn,
  { flags, io }: { readonly flags: BuildFlags; readonly io: CommandIo },
): number {
  const kind = flags.kind === 'auto' ? columnKind(column.cells) : flags.kind;
  const random = new SeededRandom(1);
  const inOrder = collectColumn(column.cells, kind);
  const isUnordered = flags.unordered === true;
  const { block, missingDependence, ...gate } = isUnordered
    ? shuffledBlock(inOrder, random)
    : homogeneousBlock(inOrder, random);
  const failure = gate.failure ?? gate.missingFailure;
  if (failure !== undefined && HOPELESS.has(failure)) {
    const rows = column.cells.length;
    io.stderr(`Cannot build a baseline of "${name}": ${SENTENCES[failure]} (${rows} rows)\n`);
    return 1;
  }
  const baseline = buildBaseline(block, {
    key: keyOf(name, flags),
    source: 'training',
    createdMs: Date.now(),
    thinning: 'auto',
    quality: qualityOf(gate.failure),
    missingQuality: qualityOf(gate.missingFailure),
    missingDependence,
    random,
    ...(isUnordered ? { dependence: { thin: 1, designEffect: 1 } } : {}),
  });
  if (!isUnordered && block !== inOrder)
    io.stderr(`Took only the newest half of "${name}": it changes before\n`);
  if (failure !== undefined) io.stderr(`Warning: "${name}" is unstable: ${SENTENCES[failure]}\n`);
  if (column.stride > 1) io.stderr(`Took every ${column.stride}th row of "${name}"\n`);
  write(name, baseline, { flags, io });
  return 0;
}

const qualityOf = (failure: HomogeneousBlock['failure']): Baseline['quality'] =>
  failure === undefined ? 'ok' : 'unstable';

const SENTENCES = {
  mostly_missing: 'most values are missing',
  too_few: 'fewer than 200 independent values; use --unordered when rows are in no order of time',
  halves_differ: 'its halves differ; use --unordered when rows are in no order of time',
  missing_too_few: 'too few rows to know how often values are missing: they are so in bursts',
  missing_changes: 'its halves have different shares of missing values',
  keeps_changing: 'it keeps changing; use --unordered when rows are in no order of time',
} as const;

/** Values in no order of time cannot change on their way; they can only be too few. */
function shuffledBlock(
  { kind, values, outcomes }: Collected,
  random: SeededRandom,
): HomogeneousBlock {
  const block = { kind, values: shuffled(values, random), outcomes: shuffled(outcomes, random) };
  return {
    block,
    failure: values.length < VALUES_MIN ? 'too_few' : undefined,
    missingFailure: undefined,
    missingDependence: { thin: 1, designEffect: 1, isUnstable: false, correlations: [1] },
  };
}

function keyOf(column: string, flags: BuildFlags): StreamKey {
  const { model, version, stream, direction, segment, season } = flags;
  return {
    model,
    version,
    name: stream ?? column,
    direction,
    ...(segment === undefined ? {} : { segment }),
    ...(season === undefined ? {} : { season }),
  };
}

function write(
  name: string,
  baseline: Baseline,
  { flags, io }: { readonly flags: BuildFlags; readonly io: CommandIo },
): void {
  const text = serializeBaseline(baseline, sha256);
  if (flags.out === undefined) {
    io.stdout(text);
    return;
  }
  const isFolder = flags.column.length > 1;
  if (isFolder) mkdirSync(flags.out, { recursive: true });
  const file = isFolder ? join(flags.out, `${encodeURIComponent(name)}.json`) : flags.out;
  writeFileSync(file, text);
  const { kind, size, thin, quality } = baseline;
  io.stdout(`${file}: ${name}, ${kind}, ${size} values, thinning ${thin}, quality ${quality}\n`);
}
