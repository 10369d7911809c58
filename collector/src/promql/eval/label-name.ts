const LONE_SURROGATE = /\p{Cs}/u;

/** Whether a text may name a label: any text that is not empty and is UTF-8. */
export function isValidLabelName(name: string): boolean {
  return name !== '' && !LONE_SURROGATE.test(name);
}
