import type { CallWatch } from '../nvml/library.ts';
import type { Collection, Note, ReaderCycle, Snapshot } from '../snapshot/reading.ts';
import { createReaders, type Reader } from './create-readers.ts';
import type { SamplerOptions } from './options.ts';

const MICROSECONDS = 1e6;

/** Reads all devices of the machine, one cycle at a time. */
export class Sampler {
  readonly #readers: readonly Reader[];
  #notes: readonly Note[];

  constructor(options: SamplerOptions, watch: CallWatch) {
    const { readers, notes } = createReaders(options, watch);
    this.#readers = readers;
    this.#notes = notes;
  }

  /** Whether there is anything to read. */
  get hasReaders(): boolean {
    return this.#readers.length > 0;
  }

  /** One cycle. @param clock microseconds of `process.hrtime` */
  sample(clock: () => number): Snapshot {
    const collections: Collection[] = [];
    const cycles: ReaderCycle[] = [];
    for (const reader of this.#readers) {
      const startUs = clock();
      const collection = collect(reader, startUs);
      collections.push(collection);
      const { errorType } = collection;
      cycles.push({
        reader: reader.name,
        seconds: (clock() - startUs) / MICROSECONDS,
        ...(errorType === undefined ? {} : { errorType }),
      });
    }
    const notes = [...this.#notes, ...collections.flatMap((one) => one.notes)];
    this.#notes = [];
    return {
      takenAtUs: clock(),
      cycles,
      gpus: collections.flatMap(({ gpus }) => gpus),
      events: collections.flatMap(({ events }) => events),
      notes,
      implausible: collections.reduce((sum, { implausible }) => sum + implausible, 0),
    };
  }

  close(): void {
    for (const reader of this.#readers) {
      try {
        reader.close();
      } catch {
        // It ends anyway.
      }
    }
  }
}

/** One reader that fails must not take the others with it. */
function collect(reader: Reader, nowUs: number): Collection {
  try {
    return reader.read(nowUs);
  } catch (cause) {
    const text = `Cannot read GPUs with ${reader.name}: ${(cause as Error).message}`;
    const notes: readonly Note[] = [{ level: 'debug', text }];
    return { gpus: [], events: [], notes, implausible: 0, errorType: 'exception' };
  }
}
