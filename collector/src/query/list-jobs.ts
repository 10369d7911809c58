import { compareUtf8, Labels } from '../model/labels.ts';

import type { LabelMatcher } from '../promql/ast.ts';

import type { AnswerWriter } from './answer-writer.ts';
import type { QuerySource } from './query-source.ts';
import { closing, limited } from './remarks.ts';

/** Which series a list is made of. */
export interface ListInput {
  readonly source: QuerySource;
  /** Series of any of these; all series when there is none. */
  readonly selections: readonly (readonly LabelMatcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

/** `/api/v1/series` */
export function writeSeries(input: ListInput, writer: AnswerWriter): void {
  const found = selected(input).sort((left, right) => Labels.compare(left, right));
  const { kept, warnings } = limited(found, input.limit);
  writer.write('{"status":"success","data":');
  writer.writeArray(records(kept));
  writer.write(closing({ warnings, infos: [] }));
}

function* records(list: readonly Labels[]): Generator<Record<string, string>> {
  for (const labels of list) yield labels.toRecord();
}

/** `/api/v1/labels` */
export function writeLabelNames(input: ListInput, writer: AnswerWriter): void {
  const names = new Set<string>();
  for (const labels of selected(input)) for (const [name] of labels) names.add(name);
  writeTexts(names, input, writer);
}

/** `/api/v1/label/:name/values` */
export function writeLabelValues(
  { name, ...input }: ListInput & { readonly name: string },
  writer: AnswerWriter,
): void {
  const values = new Set<string>();
  for (const labels of selected(input)) values.add(labels.get(name));
  values.delete('');
  writeTexts(values, input, writer);
}

function writeTexts(texts: ReadonlySet<string>, { limit }: ListInput, writer: AnswerWriter): void {
  const { kept, warnings } = limited([...texts].sort(compareUtf8), limit);
  writer.write('{"status":"success","data":');
  writer.writeArray(kept);
  writer.write(closing({ warnings, infos: [] }));
}

function selected({ source, selections, startMs, endMs }: ListInput): Labels[] {
  const found = new Map<string, Labels>();
  for (const matchers of selections.length === 0 ? [[]] : selections) {
    const labels = source.labels(matchers, startMs, endMs);
    if (selections.length < 2) return [...labels];
    for (const each of labels) found.set(each.key, each);
  }
  return [...found.values()];
}
