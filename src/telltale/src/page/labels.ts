import { promLabelName } from '@telltale/core';

type Value = unknown;

/** Labels that the page itself gives: an attribute of that name gets another one. */
const RESERVED = /^(?:le|quantile|otel_scope_.*)$/u;
/** What the names of several attributes that end as one label are joined by, as OpenTelemetry says. */
const SEPARATOR = ';';

/**
 * The labels of a data point. Attributes whose names become the same label share it: their values
 * are joined, in the order of the attributes' names. Attributes that would be labels of the page's
 * own, such as the bound of a bucket, are `exported_` ones, as scraped labels of that kind are.
 */
export function labelsOf(attributes: Readonly<Record<string, Value>>): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const key of Object.keys(attributes).toSorted()) {
    const name = labelName(key);
    if (name === undefined) continue;
    const text = textOf(attributes[key]);
    labels[name] = Object.hasOwn(labels, name) ? `${labels[name]}${SEPARATOR}${text}` : text;
  }
  return labels;
}

function labelName(key: string): string | undefined {
  try {
    const name = promLabelName(key);
    return RESERVED.test(name) ? `exported_${name}` : name;
  } catch {
    // A name of nothing but symbols cannot be a label.
    return undefined;
  }
}

/** The text with every half of a character replaced: neither format can carry one. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** The text of a value of any type. */
function textOf(value: Value): string {
  if (typeof value === 'string') return wellFormed(value);
  try {
    return wellFormed(JSON.stringify(value) ?? '');
  } catch {
    return String(value);
  }
}
