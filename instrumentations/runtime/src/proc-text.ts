/** What `/proc/self/status` tells. A field is absent where the kernel does not print it. */
export interface ProcStatus {
  readonly virtualBytes?: number;
  readonly threads?: number;
}

/** Bytes that really went to and came from storage, of `/proc/self/io`. */
export interface ProcIo {
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}

const KIBIBYTE = 1024;

/** The number behind `key:` or `key ` at the start of a line; `undefined` when it is not there. */
export function numberOfLine(text: string, key: string): number | undefined {
  for (const line of text.split('\n')) {
    if (!line.startsWith(key)) continue;
    const match = /^[:\s]\s*(\d+)/u.exec(line.slice(key.length));
    if (match !== null) return Number(match[1]);
  }
  return undefined;
}

export function parseProcStatus(text: string): ProcStatus {
  const kibibytes = numberOfLine(text, 'VmSize');
  const threads = numberOfLine(text, 'Threads');
  return {
    ...(kibibytes === undefined ? {} : { virtualBytes: kibibytes * KIBIBYTE }),
    ...(threads === undefined ? {} : { threads }),
  };
}

export function parseProcIo(text: string): ProcIo {
  const readBytes = numberOfLine(text, 'read_bytes');
  const writtenBytes = numberOfLine(text, 'write_bytes');
  return {
    ...(readBytes === undefined ? {} : { readBytes }),
    ...(writtenBytes === undefined ? {} : { writtenBytes }),
  };
}
