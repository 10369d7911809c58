/** Why an expression has no standing form; the general evaluator takes it as it is. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
