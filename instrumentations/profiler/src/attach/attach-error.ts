/** A process that cannot be profiled: why, and what to do. The process is unharmed. */
export class AttachError extends Error {
  /** The process ended while it was profiled. */
  readonly isTargetGone: boolean;

  constructor(message: string, { isTargetGone = false }: { isTargetGone?: boolean } = {}) {
    super(message);
    this.isTargetGone = isTargetGone;
  }
}
