import { LineCounter, parseAllDocuments } from 'yaml';

import { readNodes } from './rules-file-nodes.ts';
import type { Place, YamlFile, YamlProblem } from './rules-file-tree.ts';

const BYTES_MAX = 32 * 1024 * 1024;
const START: Place = { line: 1, column: 1 };

/** Reads the first YAML document of a file; every scalar stays the text it is written as. */
export function readYaml(bytes: Uint8Array): YamlFile {
  if (bytes.length > BYTES_MAX) {
    const size = `it has ${bytes.length} bytes, at most ${BYTES_MAX} are read`;
    return { problems: [{ ...START, message: `Cannot read the file: ${size}` }], documents: 0 };
  }
  const text = decode(bytes);
  if (typeof text !== 'string') return { problems: [text], documents: 0 };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    // Every scalar is a text: rule files turn numbers and booleans into label values.
    schema: 'failsafe',
    uniqueKeys: false,
    lineCounter: lines,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const [first] = Array.isArray(documents) ? documents : [];
  if (first === undefined) return { problems: [], documents: 0 };
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = first.errors.map((error): YamlProblem => {
    return { ...placeAt(error.pos[0]), message: `yaml: ${error.message}` };
  });
  if (problems.length > 0) return { problems, documents: documents.length };
  return { ...readNodes(first.contents, placeAt), documents: documents.length };
}

function decode(bytes: Uint8Array): string | YamlProblem {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const control = /[^\P{Cc}\t\n\r\u0085]/u.exec(text);
    if (control === null) return text;
    const message = 'yaml: control characters are not allowed';
    return { ...placeIn(text, control.index), message };
  } catch {
    const valid = longestValidPrefix(bytes);
    const message = 'Cannot read the file: it is not UTF-8';
    return { ...placeIn(valid, valid.length), message };
  }
}

function placeIn(text: string, index: number): Place {
  const before = text.slice(0, index);
  return {
    line: before.split('\n').length,
    column: index - (before.lastIndexOf('\n') + 1) + 1,
  };
}

/** The text in front of the first byte that is no UTF-8. */
function longestValidPrefix(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  const lenient = text.indexOf('\ufffd');
  return lenient === -1 ? '' : text.slice(0, lenient);
}
