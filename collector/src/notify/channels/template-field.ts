import * as v from 'valibot';

import { templateProblem } from '../message/template-library.ts';
import { text } from './fields.ts';
import type { TemplateTree } from './template-tree.ts';

/** A Go template; what does not parse is refused when the file is loaded. */
export const template: v.GenericSchema<unknown, string> = v.pipe(
  text,
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? templateProblem(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: `expected a template: ${problem}` });
  }),
);

export const templates: v.GenericSchema<unknown, readonly string[]> = v.array(
  template,
  'expected a list of texts',
);

/** Any structure whose texts and keys are templates. */
export const templateTree: v.GenericSchema<unknown, TemplateTree> = v.union(
  [
    template,
    v.array(v.lazy(() => templateTree)),
    v.record(
      v.string(),
      v.lazy(() => templateTree),
    ),
  ],
  'expected texts, lists and maps whose texts are templates',
);
