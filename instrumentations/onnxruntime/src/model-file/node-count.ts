import { type ByteSource, bufferSource, withFileSource } from './bytes.ts';
import { FieldWalker, WIRE_32_BIT, WIRE_64_BIT, WIRE_LENGTH, WIRE_VARINT } from './field-walker.ts';
import type { ModelSource } from './identity.ts';

// Field numbers of ModelProto and GraphProto in the ONNX schema.
const GRAPH = 7;
const NODE = 1;

/**
 * Nodes of a model's graph, without decoding them: serializers write them before the weights. 0
 * when the bytes are no model; what was counted so far when the nodes are too large to walk.
 */
export function countNodes({ path, bytes }: ModelSource): number {
  if (bytes !== undefined) return countIn(bufferSource(bytes));
  return path === undefined ? 0 : (withFileSource(path, countIn) ?? 0);
}

function countIn(source: ByteSource): number {
  let nodes = 0;
  try {
    const walker = new FieldWalker(source);
    const graphEnd = walkToGraph(walker);
    while (walker.offset < graphEnd) {
      const key = walker.varint();
      if (Math.floor(key / 8) !== NODE) break;
      walker.skip(walker.varint());
      nodes++;
    }
  } catch {
    // No model, or one that the runtime will refuse with a better message.
  }
  return nodes;
}

/** Stops at the first byte of the graph and returns the offset of its end. */
function walkToGraph(walker: FieldWalker): number {
  while (!walker.isAtEnd) {
    const key = walker.varint();
    const wireType = key % 8;
    if (wireType === WIRE_VARINT) walker.varint();
    else if (wireType === WIRE_64_BIT) walker.skip(8);
    else if (wireType === WIRE_32_BIT) walker.skip(4);
    else if (wireType === WIRE_LENGTH) {
      const length = walker.varint();
      if (Math.floor(key / 8) === GRAPH) return walker.offset + length;
      walker.skip(length);
    } else throw new RangeError('Cannot read a field as its wire type is unknown');
  }
  return walker.offset;
}
