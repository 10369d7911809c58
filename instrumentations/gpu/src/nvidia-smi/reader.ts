import { plausible } from '../snapshot/plausible.ts';
import type { Collection, GpuReading, Note } from '../snapshot/reading.ts';
import { RisingCounters } from '../snapshot/rising-counter.ts';
import { type ChildListener, type RunningChild, startChild } from './child.ts';
import { FIELDS, type FieldName, withoutUnknown } from './fields.ts';
import { parseRow } from './parse-row.ts';

const BACK_OFF_MIN_US = 1e6;
const BACK_OFF_MAX_US = 300e6;
/** Each start is a fork, which stops a large process: after so many in vain there is no other. */
const STARTS_MAX = 10;
/** Starts because of fields that this version does not know. */
const FIELD_CHANGES_MAX = 5;
/** No line for so many intervals: it hangs. */
const SILENT_INTERVALS = 3;
/** The first line may take long where the driver is not kept loaded. */
const FIRST_LINE_US = 30e6;
const GPUS_MAX = 64;

export interface NvidiaSmiOptions {
  readonly command: string;
  readonly intervalMs: number;
  readonly devices?: readonly string[] | undefined;
  /** How a child is started; tests pass their own. */
  readonly start?: typeof startChild;
}

interface Seen {
  readonly reading: GpuReading;
  readonly atUs: number;
}

/**
 * Reads NVIDIA's GPUs from one long-lived `nvidia-smi` that prints a line a device and interval.
 * It has no energy, events, profiling or link traffic: those are absent.
 */
export class NvidiaSmiReader {
  readonly name = 'nvidia-smi';
  readonly #options: NvidiaSmiOptions;
  readonly #counters = new RisingCounters();
  readonly #seen = new Map<string, Seen>();
  #fields: readonly FieldName[] = FIELDS;
  #child: RunningChild | undefined;
  #startedUs = 0;
  #lineUs = 0;
  #retryAtUs = 0;
  #backOffUs = BACK_OFF_MIN_US;
  #starts = 0;
  #fieldChanges = 0;
  #badRows = 0;
  #refused: string | undefined;
  #nowUs = 0;
  #notes: Note[] = [];

  constructor(options: NvidiaSmiOptions) {
    this.#options = options;
  }

  read(nowUs: number): Collection {
    this.#nowUs = nowUs;
    this.#tend(nowUs);
    const staleUs = this.#silenceUs();
    const fresh = [...this.#seen.values()].filter(({ atUs }) => nowUs - atUs <= staleUs);
    const readings = fresh.map(({ reading }) => plausible(reading));
    const implausible = readings.reduce((sum, { dropped }) => sum + dropped, this.#badRows);
    this.#badRows = 0;
    const notes = this.#notes;
    this.#notes = [];
    return {
      gpus: readings.map(({ reading }) => reading),
      events: [],
      notes,
      implausible,
      ...(fresh.length > 0 ? {} : { errorType: this.#isSpent() ? 'gave_up' : 'no_line' }),
    };
  }

  close(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill();
  }

  /** Starts, ends and starts again, whatever is due. */
  #tend(nowUs: number): void {
    if (this.#child !== undefined) {
      const waited = nowUs - Math.max(this.#lineUs, this.#startedUs);
      const patience = this.#lineUs > this.#startedUs ? this.#silenceUs() : FIRST_LINE_US;
      if (waited > patience) {
        this.#note('warn', 'nvidia-smi prints nothing any more: ending it and starting another');
        this.close();
        this.#postpone(nowUs);
      }
      return;
    }
    if (nowUs < this.#retryAtUs || this.#isSpent()) return;
    this.#starts += 1;
    this.#startedUs = nowUs;
    this.#refused = undefined;
    const args = [
      `--query-gpu=${this.#fields.join(',')}`,
      '--format=csv,noheader,nounits',
      '-lms',
      String(this.#options.intervalMs),
    ];
    const start = this.#options.start ?? startChild;
    const child: { current?: RunningChild } = {};
    // What an ended child still says must not touch the next.
    const isCurrent = (): boolean => this.#child !== undefined && this.#child === child.current;
    const listener: ChildListener = {
      onLine: (line) => {
        if (isCurrent()) this.#take(line);
      },
      onEnd: (reason) => {
        if (isCurrent()) this.#ended(reason);
      },
    };
    child.current = start(this.#options.command, args, listener);
    this.#child = child.current;
  }

  #take(line: string): void {
    const reading = parseRow(line, this.#fields);
    if (reading === undefined) {
      const fields = withoutUnknown(this.#fields, line);
      if (fields !== undefined) this.#refused = line;
      else if (line.trim() !== '') this.#misread(line);
      return;
    }
    this.#lineUs = this.#nowUs;
    this.#starts = 0;
    this.#backOffUs = BACK_OFF_MIN_US;
    const { id, index } = reading.identity;
    const { devices } = this.#options;
    const isWanted =
      devices === undefined || devices.includes(id) || devices.includes(String(index));
    if (!isWanted || (this.#seen.size >= GPUS_MAX && !this.#seen.has(id))) return;
    this.#seen.set(id, { reading: this.#rising(reading), atUs: this.#nowUs });
  }

  /** Only rows are counted: what a tool prints besides is reported once and skipped. */
  #misread(line: string): void {
    if (line.includes(',')) this.#badRows += 1;
    this.#note('debug', `nvidia-smi printed a line that is no row: ${line.slice(0, 200)}`);
  }

  #rising(reading: GpuReading): GpuReading {
    const { id } = reading.identity;
    const rise = (
      group: string,
      values: Readonly<Record<string, number>> | undefined,
      perUnit: number,
    ): object | undefined =>
      values &&
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => {
          const raw = BigInt(Math.round(value * perUnit));
          return [key, Number(this.#counters.update(`${id} ${group} ${key}`, raw)) / perUnit];
        }),
      );
    const throttleSeconds = rise('throttle', reading.throttleSeconds, 1e6);
    const errors = rise('errors', reading.errors, 1);
    return {
      ...reading,
      ...(throttleSeconds === undefined ? {} : { throttleSeconds }),
      ...(errors === undefined ? {} : { errors }),
    } as GpuReading;
  }

  #ended(reason: string): void {
    this.#child = undefined;
    const fields =
      this.#refused === undefined ? undefined : withoutUnknown(this.#fields, this.#refused);
    if (fields !== undefined && this.#fieldChanges < FIELD_CHANGES_MAX) {
      this.#fieldChanges += 1;
      this.#fields = fields;
      this.#starts -= 1;
      this.#retryAtUs = 0;
      return;
    }
    this.#note('info', `nvidia-smi ended: ${reason}`);
    this.#postpone(this.#nowUs);
  }

  #postpone(nowUs: number): void {
    this.#retryAtUs = nowUs + this.#backOffUs;
    this.#backOffUs = Math.min(BACK_OFF_MAX_US, this.#backOffUs * 2);
    if (this.#isSpent()) {
      this.#note('warn', `nvidia-smi did not work ${STARTS_MAX} times: it is not started again`);
    }
  }

  #isSpent(): boolean {
    return this.#child === undefined && this.#starts >= STARTS_MAX;
  }

  #silenceUs(): number {
    return Math.max(SILENT_INTERVALS * this.#options.intervalMs * 1_000, BACK_OFF_MIN_US);
  }

  #note(level: Note['level'], text: string): void {
    if (this.#notes.length < GPUS_MAX) this.#notes.push({ level, text });
  }
}
