/** What speaks the inspector's protocol: this process, or another one over its port. */
export interface Target {
  post(method: string, params?: object): Promise<unknown>;
  /** @returns how to listen no longer */
  on(event: string, listener: (params: unknown) => void): () => void;
}
