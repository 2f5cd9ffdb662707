// How many may listen at the same time: bounded over all and for each address, since a listener stays.

/** Places of one process. */
export class ListenerPlaces {
  readonly #most: number;
  readonly #mostOfAddress: number;
  readonly #byAddress = new Map<string, number>();
  #all = 0;

  constructor(most: number, mostOfAddress: number) {
    this.#most = most;
    this.#mostOfAddress = mostOfAddress;
  }

  /** A place for a listener at this address, to be left once; undefined when there is none. */
  take(address: string): { leave(): void } | undefined {
    const taken = this.#byAddress.get(address) ?? 0;
    if (this.#all >= this.#most || taken >= this.#mostOfAddress) return undefined;
    this.#all++;
    this.#byAddress.set(address, taken + 1);
    let left = false;
    return {
      leave: () => {
        if (left) return;
        left = true;
        this.#all--;
        const rest = (this.#byAddress.get(address) ?? 1) - 1;
        if (rest === 0) this.#byAddress.delete(address);
        else this.#byAddress.set(address, rest);
      },
    };
  }
}
