import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const MAGIC = /[*?[]/u;

/**
 * The files that match a pattern, sorted: `*` and `?` stay inside one path segment, `[a-z]` and
 * `[^a-z]` are one character. A pattern without any of these is one path. Relative patterns start
 * at `base`.
 *
 * @throws {SyntaxError} for a bracket that is not closed.
 */
export function globPaths(pattern: string, base: string): readonly string[] {
  const segments = pattern.split('/');
  const tests = segments.map((segment) => (MAGIC.test(segment) ? segmentRegex(segment) : segment));
  let found: readonly string[] = [isAbsolute(pattern) ? '/' : base];
  for (const segment of tests) {
    if (segment === '') continue;
    found = found.flatMap((path) => {
      return typeof segment === 'string' ? [join(path, segment)] : matchesIn(path, segment);
    });
  }
  return found.filter((path) => existsSync(path)).toSorted();
}

function matchesIn(folder: string, segment: RegExp): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    // A folder that cannot be read matches nothing, as in the shell.
    return [];
  }
  return names.filter((name) => segment.test(name)).map((name) => join(folder, name));
}

function segmentRegex(segment: string): RegExp {
  let source = '';
  for (let index = 0; index < segment.length; index += 1) {
    const character = segment.charAt(index);
    if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const set = /^\[(\^?)((?:\\.|[^\]\\])+)\]/u.exec(segment.slice(index));
      if (set === null) throw new SyntaxError(`syntax error in pattern: ${segment}`);
      const [whole, negation = '', members = ''] = set;
      source += `[${negation}${members.replaceAll(/\\(.)|[[\]]/gu, escapeMember)}]`;
      index += whole.length - 1;
    } else if (character === '\\' && index + 1 < segment.length) {
      index += 1;
      source += escapeLiteral(segment.charAt(index));
    } else source += escapeLiteral(character);
  }
  return new RegExp(`^${source}$`, 'u');
}

function escapeMember(whole: string, escaped: string | undefined): string {
  return escapeLiteral(escaped ?? whole);
}

function escapeLiteral(character: string): string {
  return character.replaceAll(/[$()*+./?[\\\]^{|}-]/gu, '\\$&');
}
