import type { Value } from '../value.ts';

interface Variable {
  readonly name: string;
  value: Value;
}

/** The variables of one template, innermost last. */
export class Scope {
  readonly #variables: Variable[];

  constructor(data: Value, variables?: ReadonlyMap<string, Value>) {
    this.#variables = [{ name: '$', value: data }];
    for (const [name, value] of variables ?? []) this.declare(name, value);
  }

  /** The size to come back to with `leave`. */
  get mark(): number {
    return this.#variables.length;
  }

  leave(mark: number): void {
    this.#variables.length = mark;
  }

  declare(name: string, value: Value): void {
    this.#variables.push({ name, value });
  }

  /** @throws {Error} `undefined variable: $x`. */
  read(name: string): Value {
    return this.#find(name).value;
  }

  /** @throws {Error} `undefined variable: $x`. */
  assign(name: string, value: Value): void {
    this.#find(name).value = value;
  }

  #find(name: string): Variable {
    const variable = this.#variables.findLast((candidate) => candidate.name === name);
    if (variable === undefined) throw new Error(`undefined variable: ${name}`);
    return variable;
  }
}
