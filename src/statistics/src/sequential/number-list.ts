/**
 * A list of zeros to keep doubles in. The engine holds them one after the other as a `Float64Array`
 * does, with 50 bytes around them in place of 200: a process may watch hundreds of streams, each
 * with half a dozen such lists.
 */
export function numberList(length: number): number[] {
  const list: number[] = [];
  // A first value that is no small integer tells the engine that all of them are doubles.
  for (let index = 0; index < length; index += 1) list.push(0.5);
  // The copy has no room to grow, which is not needed.
  return list.slice().fill(0);
}

/**
 * Writes the values over those of the list, from one place on. What came out of a file may be
 * anything, and only numbers are kept as doubles.
 *
 * @throws {RangeError} when there are more values than places
 */
export function copyInto(list: number[], values: readonly number[], from: number): void {
  if (from + values.length > list.length) {
    throw new RangeError(`Cannot keep ${values.length} numbers in ${list.length - from} places`);
  }
  for (const [index, value] of values.entries()) list[from + index] = Number(value);
}
