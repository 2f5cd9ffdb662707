// A value that must not end up in a log, an error, a JSON answer or a heap dump's printed form by accident.

/** Holds a secret. Only `reveal` gives it out; printing, inspecting and serialising show `[secret]`. */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Each call site is a place to review. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
