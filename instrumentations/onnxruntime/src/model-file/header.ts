import { type ByteSource, bufferSource } from './bytes.ts';
import { FieldWalker, WIRE_32_BIT, WIRE_64_BIT, WIRE_LENGTH, WIRE_VARINT } from './field-walker.ts';

/** What an ONNX file says about itself outside its graph. */
export interface ModelHeader {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: number;
  /** Version of the default operator set. */
  readonly opset?: number;
  readonly graphBytes: number;
  readonly metadata: Readonly<Record<string, string>>;
}

const FIELDS_MAX = 1_024;
const METADATA_MAX = 64;
const TEXT_BYTES_MAX = 4_096;

// Field numbers of ModelProto, OperatorSetIdProto and StringStringEntryProto in the ONNX schema.
const IR_VERSION = 1;
const PRODUCER_NAME = 2;
const PRODUCER_VERSION = 3;
const DOMAIN = 4;
const MODEL_VERSION = 5;
const GRAPH = 7;
const OPSET_IMPORT = 8;
const METADATA_PROPS = 14;

const utf8 = new TextDecoder('utf-8', { fatal: true });

type Draft = { -readonly [K in keyof ModelHeader]: ModelHeader[K] } & {
  metadata: Record<string, string>;
  hasGraph: boolean;
};

/**
 * Reads the header of an ONNX model without decoding its weights: the graph is skipped by its
 * length. `undefined` for anything that is not a whole, well-formed model file.
 */
export function readModelHeader(source: ByteSource): ModelHeader | undefined {
  const draft: Draft = {
    irVersion: 0,
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    graphBytes: 0,
    metadata: Object.create(null) as Record<string, string>,
    hasGraph: false,
  };
  try {
    const walker = new FieldWalker(source);
    for (let fields = 0; !walker.isAtEnd; fields++) {
      if (fields === FIELDS_MAX) return undefined;
      readField(walker, draft);
    }
  } catch {
    return undefined;
  }
  const { hasGraph, ...header } = draft;
  return hasGraph && header.irVersion > 0 ? header : undefined;
}

function readField(walker: FieldWalker, draft: Draft): void {
  const key = walker.varint();
  const field = Math.floor(key / 8);
  switch (key % 8) {
    case WIRE_VARINT:
      readNumber(field, walker.varint(), draft);
      return;
    case WIRE_64_BIT:
      walker.skip(8);
      return;
    case WIRE_32_BIT:
      walker.skip(4);
      return;
    case WIRE_LENGTH:
      readBytes(walker, field, draft);
      return;
    default:
      throw new RangeError('Cannot read a field as its wire type is unknown');
  }
}

function readNumber(field: number, value: number, draft: Draft): void {
  if (field === IR_VERSION) draft.irVersion = value;
  // A negative int64 is a ten-byte varint above 2^63: no version that is meant.
  if (field === MODEL_VERSION && Number.isSafeInteger(value)) draft.modelVersion = value;
}

function readBytes(walker: FieldWalker, field: number, draft: Draft): void {
  const length = walker.varint();
  if (field === GRAPH) {
    draft.graphBytes = length;
    draft.hasGraph = true;
  }
  if (!isText(field) || length > TEXT_BYTES_MAX) {
    walker.skip(length);
    return;
  }
  const bytes = walker.bytes(length);
  if (field === OPSET_IMPORT) readOpset(bytes, draft);
  else if (field === METADATA_PROPS) readMetadata(bytes, draft);
  else assignText(field, utf8.decode(bytes), draft);
}

function isText(field: number): boolean {
  return (
    (field >= PRODUCER_NAME && field <= DOMAIN) ||
    field === OPSET_IMPORT ||
    field === METADATA_PROPS
  );
}

function assignText(field: number, text: string, draft: Draft): void {
  if (field === PRODUCER_NAME) draft.producerName = text;
  else if (field === PRODUCER_VERSION) draft.producerVersion = text;
  else draft.domain = text;
}

/** OperatorSetIdProto: 1 domain, 2 version. The default domain is `` or `ai.onnx`. */
function readOpset(bytes: Uint8Array, draft: Draft): void {
  const { texts, numbers } = readPairs(bytes);
  const domain = texts.get(1) ?? '';
  const version = numbers.get(2);
  if ((domain === '' || domain === 'ai.onnx') && version !== undefined) draft.opset = version;
}

/** StringStringEntryProto: 1 key, 2 value. */
function readMetadata(bytes: Uint8Array, draft: Draft): void {
  if (Object.keys(draft.metadata).length >= METADATA_MAX) return;
  const { texts } = readPairs(bytes);
  draft.metadata[texts.get(1) ?? ''] = texts.get(2) ?? '';
}

function readPairs(bytes: Uint8Array): {
  texts: ReadonlyMap<number, string>;
  numbers: ReadonlyMap<number, number>;
} {
  const walker = new FieldWalker(bufferSource(bytes));
  const texts = new Map<number, string>();
  const numbers = new Map<number, number>();
  while (!walker.isAtEnd) {
    const key = walker.varint();
    const field = Math.floor(key / 8);
    if (key % 8 === WIRE_VARINT) numbers.set(field, walker.varint());
    else if (key % 8 === WIRE_LENGTH) texts.set(field, utf8.decode(walker.bytes(walker.varint())));
    else throw new RangeError('Cannot read a field as its wire type is unknown');
  }
  return { texts, numbers };
}
