import { composeDocument } from '../yaml/composer.ts';
import { YamlSyntaxError } from '../yaml/syntax-error.ts';
import type { Place, YamlFile, YamlProblem } from '../yaml/tree.ts';
import { readNodes } from './nodes.ts';

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
  try {
    const { root, hasMore } = composeDocument(text);
    if (root === undefined) return { problems: [], documents: 0 };
    return { ...readNodes(root), documents: hasMore ? 2 : 1 };
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    return { problems: [{ ...error.place, message: `yaml: ${error.message}` }], documents: 1 };
  }
}

/** UTF-8, or UTF-16 behind a byte order mark. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function decode(bytes: Uint8Array): string | YamlProblem {
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    const control = /[^\P{Cc}\t\n\r\u0085]|[\ufffe\uffff]/u.exec(text);
    if (control === null) return text;
    const message = 'yaml: control characters are not allowed';
    return { ...placeIn(text, control.index), message };
  } catch {
    const valid = encoding === 'utf-8' ? longestValidPrefix(bytes) : '';
    const message = `Cannot read the file: it is not ${encoding.toUpperCase()}`;
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
