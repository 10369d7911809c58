/** Who a model is, as far as streams need to know. */
export interface ObservedModel {
  readonly name: string;
  readonly version: string;
  /** What the configuration says about the model. */
  readonly rule?: {
    /** The output that holds classes or their probabilities; `false`: the model is no classifier. */
    readonly output?: { readonly tensor: string; readonly score?: string } | false;
  };
}

/** A tensor of any copy of ONNX Runtime: recognized by its shape, never by its class. */
export interface ObservedTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  readonly location?: string;
}

export type ObservedTensors = Readonly<Record<string, ObservedTensor | undefined>>;

export interface ObservedInference {
  readonly feeds?: ObservedTensors;
  readonly results?: ObservedTensors;
}
