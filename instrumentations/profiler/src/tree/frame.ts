import { textKey } from '@telltale/core';

import { type Category, categoryOf } from './category.ts';
import type { CallFrame } from './cpu-profile.ts';

/** A function as people read it. */
export interface Frame {
  readonly name: string;
  /** Path or `node:` name; empty for native code. */
  readonly file: string;
  /** From 1; 0 where there is none. */
  readonly line: number;
  readonly column: number;
  readonly category: Category;
}

export function frameOf(callFrame: CallFrame): Frame {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  return {
    name: functionName === '' ? '(anonymous)' : functionName,
    file: filePath(url),
    line: url === '' ? 0 : lineNumber + 1,
    column: url === '' ? 0 : columnNumber + 1,
    category: categoryOf(callFrame),
  };
}

/** `file:///a%20b.js` -> `/a b.js`; anything else as it is. */
function filePath(url: string): string {
  if (!url.startsWith('file://')) return url;
  const path = url.slice('file://'.length);
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a name with a lone percent sign
  }
}

/** The same for two frames exactly when they are one function. */
export const frameKey = ({ name, file, line, column }: Frame): string =>
  textKey([name, file, String(line), String(column)]);

/** `name (path:line)`. */
export const frameText = ({ name, file, line }: Frame): string =>
  file === '' ? name : `${name} (${file}:${line})`;

/** The last two parts of the path: enough to know the file again. */
export const shortText = ({ name, file, line }: Frame): string =>
  file === '' ? name : `${name} ${file.split(/[\\/]/u).slice(-2).join('/')}:${line}`;
