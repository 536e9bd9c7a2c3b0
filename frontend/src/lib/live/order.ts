// Which of two views of the same topic and kind is the newer one. Messages are whole views: the newer one replaces the
// older, nothing is added up, so a lost or doubled message harms nothing.

export type Position = { epoch: number; seq: number };

/** Remembers, for one topic on one socket, the newest position of each kind. */
export class Newest {
  #known = new Map<string, Position>();

  /** True if the message is newer than all of its kind before; a new epoch begins anew. */
  accept(kind: string, position: Position): boolean {
    const known = this.#known.get(kind);
    if (
      known &&
      (position.epoch < known.epoch || (position.epoch === known.epoch && position.seq <= known.seq))
    ) {
      return false;
    }
    this.#known.set(kind, { epoch: position.epoch, seq: position.seq });
    return true;
  }

  /** A new socket may lead to a node that counts otherwise; its snapshot is the truth. */
  forget(): void {
    this.#known.clear();
  }
}
