/** A connection: a socket, or a session of HTTP/2. */
export interface Peer {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * The connections of a listener. When there are too many, the one that has been idle for longest
 * goes and the newcomer stays: a client that only holds connections must not keep others out.
 */
export class Connections<Connection extends Peer> {
  readonly #max: number;
  /** Requests in work by connection, in the order of their last beginning or end. */
  readonly #busy: Map<Connection, number> = new Map();

  constructor(max: number) {
    this.#max = max;
  }

  add(connection: Connection): void {
    this.#busy.set(connection, 0);
    connection.once('close', () => this.#busy.delete(connection));
    if (this.#busy.size > this.#max) this.#endOne(connection);
  }

  /** A request begins on a connection. @returns what to call when it is done; once is enough. */
  begin(connection: Connection): () => void {
    this.#change(connection, 1);
    let isOver = false;
    return () => {
      if (!isOver) this.#change(connection, -1);
      isOver = true;
    };
  }

  #change(connection: Connection, difference: number): void {
    const known = this.#busy.get(connection);
    if (known === undefined) return;
    this.#busy.delete(connection);
    this.#busy.set(connection, known + difference);
  }

  #endOne(newcomer: Connection): void {
    for (const [connection, requests] of this.#busy) {
      if (requests > 0 || connection === newcomer) continue;
      this.#busy.delete(connection);
      connection.destroy();
      return;
    }
    newcomer.destroy();
  }
}
