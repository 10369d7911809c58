import { EVENT } from './layouts.ts';
import { NOT_SUPPORTED, OK, TIMEOUT, UNKNOWN } from './return-code.ts';
import type { NvmlSession, Target } from './session.ts';
import { EVENT_GROUP } from './symbols.ts';

const XID = 0x8n;
const MIG_CHANGE = 0x100n;
const WANTED = XID | MIG_CHANGE;
/** Events that one cycle takes at most; the rest waits for the next. */
const EVENTS_MAX = 256;
const RETRY_MIN_US = 1e6;
const RETRY_MAX_US = 30e6;

/** What the driver told since the last cycle. */
export interface DriverEvents {
  readonly xids: readonly { readonly handle: bigint; readonly code: number }[];
  readonly hasMigChange: boolean;
}

const NONE: DriverEvents = { xids: [], hasMigChange: false };

/** The event set of the driver: errors that it reports, and changes of MIG. */
export class DriverEventSet {
  readonly #session: NvmlSession;
  #set = 0n;
  #retryAtUs = 0;
  #backOffUs = RETRY_MIN_US;
  readonly #isWhole: boolean;

  constructor(session: NvmlSession) {
    this.#session = session;
    this.#isWhole = EVENT_GROUP.every((name) => session.library.has(name));
  }

  /** Waits for nothing: takes what is there. Registers the devices when that has not been done. */
  drain(devices: readonly Target[], nowUs: number): DriverEvents {
    if (!this.#isWhole || !this.#isOpen(devices, nowUs)) return NONE;
    const { library, scratch } = this.#session;
    const xids: { handle: bigint; code: number }[] = [];
    let hasMigChange = false;
    for (let taken = 0; taken < EVENTS_MAX; taken += 1) {
      const code = library.call('nvmlEventSetWait_v2', this.#set, scratch, 0);
      if (code !== OK) {
        if (code !== TIMEOUT) this.#fail(nowUs);
        break;
      }
      const type = scratch.readBigUInt64LE(EVENT.fields.eventType);
      if ((type & XID) !== 0n) {
        const handle = scratch.readBigUInt64LE(EVENT.fields.device);
        xids.push({ handle, code: Number(scratch.readBigUInt64LE(EVENT.fields.eventData)) });
      }
      if ((type & MIG_CHANGE) !== 0n) hasMigChange = true;
    }
    return { xids, hasMigChange };
  }

  /** Only while the driver is initialised. */
  close(): void {
    if (this.#set !== 0n) this.#session.library.call('nvmlEventSetFree', this.#set);
    this.#set = 0n;
  }

  #isOpen(devices: readonly Target[], nowUs: number): boolean {
    if (this.#set !== 0n) return true;
    if (nowUs < this.#retryAtUs) return false;
    const { library, scratch } = this.#session;
    if (library.call('nvmlEventSetCreate', scratch) !== OK) return this.#fail(nowUs);
    this.#set = scratch.readBigUInt64LE(0);
    const codes = devices.map((device) => this.#register(device));
    // One device that has no events leaves the set usable; a set that broke does not.
    if (codes.includes(UNKNOWN)) return this.#fail(nowUs);
    const isUseless = codes.length > 0 && codes.every((code) => code !== OK);
    if (isUseless && codes.some((code) => code !== NOT_SUPPORTED)) return this.#fail(nowUs);
    this.#backOffUs = RETRY_MIN_US;
    return true;
  }

  #register(device: Target): number {
    const { library, scratch } = this.#session;
    const supported = library.call('nvmlDeviceGetSupportedEventTypes', device.handle, scratch);
    if (supported !== OK) return supported;
    const mask = scratch.readBigUInt64LE(0) & WANTED;
    if (mask === 0n) return NOT_SUPPORTED;
    return library.call('nvmlDeviceRegisterEvents', device.handle, mask, this.#set);
  }

  #fail(nowUs: number): false {
    this.close();
    this.#retryAtUs = nowUs + this.#backOffUs;
    this.#backOffUs = Math.min(RETRY_MAX_US, this.#backOffUs * 2);
    return false;
  }
}
