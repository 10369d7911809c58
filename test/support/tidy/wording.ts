import type { SourceFile } from './source-file.ts';

/** Words with one meaning too many, and what to write instead. */
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:TODO|FIXME|XXX|HACK)\b/u, 'finish it, or describe the limit in the README'],
  [/(?:\/\/|Error\(['\x60]).*\bnot implemented\b/iu, 'build it, or refuse it with a reason'],
  [/\bclass \w*Collector\b/u, 'a reader: "collector" is the OTel Collector'],
  [/\bclass \w*(?:Manager|Helper|Util|Utils)\b/u, 'the name of what it does'],
  [/\b(?:it|test|describe)\.(?:only|todo)\b/u, 'a test that runs'],
  [
    /^(?!export )\w+ .*typeof (?:set|clear)(?:Timeout|Interval|Immediate) = (?:set|clear)/mu,
    'an import of @telltale/instrument, which took the timers at load',
  ],
  [
    /@ts-(?:ignore|nocheck|expect-error)|oxlint-disable|eslint-disable|biome-ignore(?! format)/u,
    'a fix, or an exception by file name in the lint configuration',
  ],
];

/** Words that hide who does what, and what to write instead. Held in sources, pages and texts. */
const UNCLEAR: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [
    /\b(?:somebody|someone|anybody|nobody|whoever|whosoever)\b/iu,
    'the subject: the rule, the caller, the receiver, a person',
  ],
  [/\banew\b/iu, 'again'],
  [/\bfor ever\b/iu, 'forever, or until when'],
  [/\bwithout a word\b/iu, 'without a message'],
];

const FILE_NAME =
  /^(?:\.?[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?:test|d|config|bench))?\.(?:ts|cts|mts|tsx)$/u;
const VAGUE_FILE = /(?:^|\/)(?:utils?|helpers?|common|misc|managers?|data)(?:\/|\.tsx?$)/u;

export function bannedWords(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    BANNED.flatMap(([pattern, instead]) => {
      const found = pattern.exec(file.text)?.[0];
      return found === undefined ? [] : [`${file.path} says "${found}"; write ${instead}`];
    }),
  );
}

/** Lines of a text with an unclear word. */
export function unclearWords(path: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) =>
    UNCLEAR.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${path}:${index + 1} says "${found}"; write ${instead}`];
    }),
  );
}

/** File names that are not kebab-case or that say nothing. */
export function badFileNames(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return !FILE_NAME.test(name) || VAGUE_FILE.test(path);
  });
}
