/** Whoever listens to something, by name. */
export interface EventHub<Data> {
  on(name: string, listener: (data: Data) => void): () => void;
  /** Calls the listeners of the moment; one that throws keeps no other from being called. */
  emit(name: string, data: Data): void;
}

/** @param onError gets what listeners throw */
export function createEventHub<Data>(onError: (error: unknown) => void): EventHub<Data> {
  // A Map, since names come from outside: `__proto__` is a name like any other.
  const listeners = new Map<string, Set<(data: Data) => void>>();
  return {
    on(name, listener) {
      // Each subscription is its own, also of a function that is subscribed twice.
      const own = (data: Data) => listener(data);
      const named = listeners.get(name) ?? new Set();
      listeners.set(name, named.add(own));
      return () => {
        if (named.delete(own) && named.size === 0) listeners.delete(name);
      };
    },
    emit(name, data) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          listener(data);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
