import { utf8Length } from './utf8.ts';

/** A template that does not parse, or that failed while it was executed. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** `LINE:COLUMN` of an offset as Go counts them: lines from one, columns in bytes from zero. */
export function describePlace(text: string, position: number): string {
  const before = text.slice(0, position);
  const lineStart = before.lastIndexOf('\n') + 1;
  return `${before.split('\n').length}:${utf8Length(before.slice(lineStart))}`;
}
