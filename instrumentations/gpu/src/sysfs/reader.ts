import { plausible } from '../snapshot/plausible.ts';
import type { Collection, GpuReading } from '../snapshot/reading.ts';
import { RisingCounters } from '../snapshot/rising-counter.ts';
import { readAmd } from './amdgpu.ts';
import { type Card, listCards } from './cards.ts';
import { ClientShares, readClients } from './fdinfo.ts';
import { IntelCards } from './intel.ts';
import { ownProcess } from './own-process.ts';
import type { Tree } from './tree.ts';

export type SysfsVendor = 'amdgpu' | 'intel';

const DRIVERS: Readonly<Record<SysfsVendor, readonly string[]>> = {
  amdgpu: ['amdgpu'],
  intel: ['i915', 'xe'],
};

export interface SysfsOptions {
  readonly vendor: SysfsVendor;
  readonly pid: number;
  readonly wantsProcesses: boolean;
  readonly devices?: readonly string[] | undefined;
}

/** Whether the machine has cards of a vendor. */
export const hasCards = (tree: Tree, vendor: SysfsVendor): boolean =>
  listCards(tree, DRIVERS[vendor]).length > 0;

/** Reads the cards of one vendor from files of the kernel. Nothing is spawned or loaded. */
export class SysfsReader {
  readonly name: SysfsVendor;
  readonly #tree: Tree;
  readonly #options: SysfsOptions;
  readonly #counters = new RisingCounters();
  readonly #intel = new IntelCards();
  readonly #shares = new Map<string, ClientShares>();

  constructor(tree: Tree, options: SysfsOptions) {
    this.#tree = tree;
    this.#options = options;
    this.name = options.vendor;
  }

  read(nowUs: number): Collection {
    const cards = listCards(this.#tree, DRIVERS[this.name]);
    const clients = this.#options.wantsProcesses ? readClients(this.#tree) : undefined;
    const readings = cards
      .map((card) => this.#readCard(card, nowUs))
      .filter(({ identity }) => this.#isWanted(identity))
      .map((reading) => {
        const { busId = '' } = reading.identity;
        const own = clients?.filter((one) => one.busId === busId);
        if (own === undefined || own.length === 0) return reading;
        const shares = this.#sharesOf(reading.identity.id);
        const { pid } = this.#options;
        return { ...reading, processes: ownProcess(own, { shares, pid, nowUs }) };
      })
      .map(plausible);
    return {
      gpus: readings.map(({ reading }) => reading),
      events: [],
      notes: [],
      implausible: readings.reduce((sum, { dropped }) => sum + dropped, 0),
      ...(readings.length > 0 ? {} : { errorType: 'no_devices' }),
    };
  }

  close(): void {}

  #readCard(card: Card, nowUs: number): GpuReading {
    const counters = this.#counters;
    return this.name === 'amdgpu'
      ? readAmd(this.#tree, card, counters)
      : this.#intel.read(this.#tree, card, { counters, nowUs });
  }

  #isWanted({ id, index }: GpuReading['identity']): boolean {
    const { devices } = this.#options;
    return devices === undefined || devices.includes(id) || devices.includes(String(index));
  }

  #sharesOf(id: string): ClientShares {
    const known = this.#shares.get(id);
    if (known !== undefined) return known;
    const shares = new ClientShares();
    this.#shares.set(id, shares);
    return shares;
  }
}
