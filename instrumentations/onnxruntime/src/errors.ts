/**
 * ONNX Runtime throws plain errors without codes, so the message is all there is. The wording of
 * the parts below is the same from 1.14 to 1.30. The first match wins.
 */
const CLASSES: readonly (readonly [type: ErrorClass, pattern: RegExp])[] = [
  ['out_of_memory', /Failed to allocate memory|bad_alloc|CUDA out of memory|ALLOC_FAILED/u],
  ['session_disposed', /Session already disposed/u],
  ['missing_input', /input '.*' is missing in 'feeds'/su],
  ['invalid_shape', /Invalid rank for input|Got invalid dimensions for input/u],
  ['invalid_type', /Unexpected input data type|not enough space: expected|must be a typed array/u],
  [
    'invalid_argument',
    /'feeds' must be|'fetches' contains invalid output name|'fetches' (?:cannot|must) be|'options' must be|runOptions\.tag must be|profileFilePrefix is required|Unexpected argument\[/u,
  ],
  ['model_not_found', /File doesn't exist|ENOENT/u],
  [
    'model_unsupported',
    /No Op registered|only \*guarantees\* support|Unsupported model IR version|Could not find an implementation|NOT_IMPLEMENTED/u,
  ],
  [
    'model_invalid',
    /[Pp]rotobuf parsing failed|Model data pointer is null|This is an invalid model/u,
  ],
  [
    'provider_unavailable',
    /no available backend found|Failed to load shared library|AppendExecutionProvider/u,
  ],
  ['cancelled', /terminate flag/u],
  ['operator_failed', /Non-zero status code returned while running \w+ node/u],
];

export type ErrorClass =
  | 'out_of_memory'
  | 'session_disposed'
  | 'missing_input'
  | 'invalid_shape'
  | 'invalid_type'
  | 'invalid_argument'
  | 'model_not_found'
  | 'model_unsupported'
  | 'model_invalid'
  | 'provider_unavailable'
  | 'cancelled'
  | 'operator_failed'
  | '_OTHER';

const OPERATOR = /while running (\w{1,64}) node/u;
/** What stands between words, quotes included, so that a quoted path is a word of its own. */
const BETWEEN_WORDS = /([\s'"]+)/u;
const MESSAGE_LENGTH_MAX = 256;
/** Long enough for each pattern, short enough that a hostile message costs nothing. */
const SCANNED_LENGTH_MAX = 4_096;

/** The message of anything that can be thrown; never throws itself. */
function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error === 'string' ? error : '';
  try {
    const { message } = error as { message?: unknown };
    return typeof message === 'string' ? message.slice(0, SCANNED_LENGTH_MAX) : '';
  } catch {
    return '';
  }
}

/** The class of a failure of ONNX Runtime, for `error.type`. */
export function classifyError(error: unknown): ErrorClass {
  const message = messageOf(error);
  for (const [type, pattern] of CLASSES) if (pattern.test(message)) return type;
  const isShapeError = error instanceof TypeError || error instanceof RangeError;
  return isShapeError ? 'invalid_argument' : '_OTHER';
}

/** The operator type that failed, when the message names one. */
export function failedOperator(error: unknown): string | undefined {
  return OPERATOR.exec(messageOf(error))?.[1];
}

/** The class name of what was thrown. */
export function exceptionType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  try {
    return String(error.constructor.name).slice(0, 64);
  } catch {
    return 'object';
  }
}

/** The message without folders, 256 characters at most. Only sent when the user asked for it. */
export function safeMessage(error: unknown): string {
  const words = messageOf(error).split(BETWEEN_WORDS).map(withoutFolders);
  return words.join('').slice(0, MESSAGE_LENGTH_MAX);
}

function withoutFolders(word: string): string {
  return word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
}

/** Whether the call was refused before native code started. */
export function isArgumentError(type: ErrorClass): boolean {
  return type === 'invalid_argument' || type === 'missing_input';
}
