import type { Note } from '../snapshot/reading.ts';
import type { NvmlLibrary } from './library.ts';
import { actionOf, type CodeAction, OK } from './return-code.ts';
import type { SymbolName } from './symbols.ts';

/** A device, or a MIG instance, that functions are called for. */
export interface Target {
  readonly handle: bigint;
  readonly label: string;
  /** Calls that this device does not have or that are not allowed: never made again. */
  readonly closed: Set<string>;
  isLost: boolean;
  isCorrupt: boolean;
  /** A MIG instance whose handle no longer fits. */
  isStale: boolean;
}

export interface Call {
  readonly name: SymbolName;
  /** Arguments behind the handle. */
  readonly args: readonly unknown[];
  /** What is closed when the device refuses, where one function gives several values. */
  readonly key?: string;
}

const NUL = 0;

/** Calls of NVML for devices: remembers what each one refuses, and what a return code asks for. */
export class NvmlSession {
  readonly library: NvmlLibrary;
  /** Where most functions write their answer. */
  readonly scratch: Buffer = Buffer.alloc(128);
  /** The code for which the driver must be initialised again. */
  restartCode: number | undefined;
  needsEnumeration: boolean = false;
  #notes: Note[] = [];
  #denied: string[] = [];

  constructor(library: NvmlLibrary) {
    this.library = library;
  }

  /** Whether the call succeeded. What it gave is in the buffers of its arguments. */
  ask(target: Target, call: Call): boolean {
    return this.code(target, call) === OK;
  }

  /** As `ask`, for those who do something about a code themselves. -1 when nothing was called. */
  code(target: Target, { name, args, key = name }: Call): number {
    if (target.isLost || this.restartCode !== undefined || target.closed.has(key)) return -1;
    const code = this.library.callFor(name, target.handle, args);
    if (code !== OK) this.#react(target, key, code);
    return code;
  }

  /** A function that writes 32 bits. */
  uint32(target: Target, name: SymbolName): number | undefined {
    return this.ask(target, { name, args: [this.scratch] })
      ? this.scratch.readUInt32LE(0)
      : undefined;
  }

  /** A function that writes 64 bits. */
  uint64(target: Target, name: SymbolName): bigint | undefined {
    return this.ask(target, { name, args: [this.scratch] })
      ? this.scratch.readBigUInt64LE(0)
      : undefined;
  }

  /** A function that writes text into a buffer of a length. */
  text(target: Target, name: SymbolName, length: number): string | undefined {
    const isGiven = this.ask(target, { name, args: [this.scratch, length] });
    return isGiven ? cText(this.scratch.subarray(0, length)) : undefined;
  }

  note(level: Note['level'], text: string): void {
    this.#notes.push({ level, text });
  }

  takeNotes(): readonly Note[] {
    const denied = this.#denied;
    this.#denied = [];
    const notes = this.#notes;
    this.#notes = [];
    if (denied.length === 0) return notes;
    const text = `The GPU driver does not allow: ${denied.join(', ')}: these metrics are absent`;
    return [...notes, { level: 'warn', text }];
  }

  #react(target: Target, key: string, code: number): void {
    const action: CodeAction = actionOf(code);
    switch (action) {
      case 'deny':
        this.#denied.push(`${key} (${target.label})`);
        target.closed.add(key);
        break;
      case 'drop':
      case 'fallback':
        target.closed.add(key);
        if (code === 2) target.isStale = true;
        this.note('debug', `${target.label} has no ${key}: NVML answered ${code}`);
        break;
      case 'lost':
        target.isLost = true;
        break;
      case 'corrupt':
        target.isCorrupt = true;
        break;
      case 'restart':
        this.restartCode = code;
        break;
      case 'enumerate':
        this.needsEnumeration = true;
        break;
      case 'empty':
        target.isStale = true;
        break;
      case 'grow':
      case 'retry':
        break;
    }
  }
}

/** Text up to its NUL; `undefined` when it is empty. */
export function cText(buffer: Buffer): string | undefined {
  const end = buffer.indexOf(NUL);
  const text = buffer.toString('utf8', 0, end < 0 ? buffer.length : end).trim();
  return text === '' ? undefined : text;
}
