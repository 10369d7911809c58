import { ProtobufWriter } from './protobuf-writer.ts';

export type OtlpEncoding = 'protobuf' | 'json';
export type OtlpSignal = 'metrics' | 'logs' | 'traces';

/** What of an accepted request was not taken. A message without rejected items is a warning. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** Clients read no more of an answer than 4 MiB, and people far less. */
const MESSAGE_CHARACTERS_MAX = 8192;

const REJECTED_KEYS: Readonly<Record<OtlpSignal, string>> = {
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
};

/** `Export...ServiceResponse`; full success is an empty message. */
export function encodeExportResponse(
  signal: OtlpSignal,
  partial: PartialSuccess,
  encoding: OtlpEncoding,
): Uint8Array {
  const message = shorten(partial.message);
  const isFull = partial.rejected === 0 && message === '';
  if (encoding === 'json') {
    // A 64-bit integer is a string in protobuf's JSON.
    const partialSuccess = {
      [REJECTED_KEYS[signal]]: String(partial.rejected),
      errorMessage: message,
    };
    return encodeJson(isFull ? {} : { partialSuccess });
  }
  const writer = new ProtobufWriter();
  if (!isFull) {
    const contentAt = writer.begin(1);
    if (partial.rejected > 0) writer.varint(1, partial.rejected);
    if (message !== '') writer.text(2, message);
    writer.end(contentAt);
  }
  return writer.finish();
}

/** `google.rpc.Status`, the body of every refusal. */
export function encodeStatus(
  status: { readonly code: number; readonly message: string },
  encoding: OtlpEncoding,
): Uint8Array {
  const message = shorten(status.message);
  if (encoding === 'json') return encodeJson({ code: status.code, message });
  const writer = new ProtobufWriter();
  writer.varint(1, status.code);
  writer.text(2, message);
  return writer.finish();
}

function shorten(message: string): string {
  if (message.length <= MESSAGE_CHARACTERS_MAX) return message;
  return `${message.slice(0, MESSAGE_CHARACTERS_MAX)} ...`;
}

function encodeJson(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
