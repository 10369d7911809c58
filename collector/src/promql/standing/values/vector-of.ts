import { Labels } from '../../../model/labels.ts';
import { type ScalarNode, type Tick, VectorNode } from '../node.ts';

/** `vector(scalar)`: one sample without labels. */
export class VectorOfNode extends VectorNode {
  readonly #scalar: ScalarNode;

  constructor(scalar: ScalarNode) {
    super(true);
    this.#scalar = scalar;
    this.addSlot(Labels.EMPTY, false);
  }

  protected override run(tick: Tick): void {
    this.values[0] = this.#scalar.evaluate(tick);
    this.present[0] = 1;
  }
}

/** `absent(vector)`: 1 when the vector has no sample. */
export class AbsentNode extends VectorNode {
  readonly #input: VectorNode;

  constructor(input: VectorNode, labels: Labels) {
    super(true);
    this.#input = input;
    this.addSlot(labels, false);
    this.values[0] = 1;
  }

  protected override run(tick: Tick): void {
    const input = this.#input;
    input.evaluate(tick);
    const hasSample = input.present.subarray(0, input.slotCount).includes(1);
    this.present[0] = hasSample ? 0 : 1;
  }
}
