// IndexedDB as `keep.rs` asks for it: one request in one transaction, a promise each. It is bundled into the glue.

/** The result of a request once it is kept. */
function ask(drawer, mode, request) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('gongxiang', 1);
    opening.onupgradeneeded = () => {
      for (const name of ['answers', 'waiting', 'done']) opening.result.createObjectStore(name);
    };
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const ended = (end, value) => { database.close(); end(value); };
      try {
        const transaction = database.transaction(drawer, mode);
        const asked = request(transaction.objectStore(drawer));
        transaction.oncomplete = () => ended(resolve, asked.result);
        transaction.onabort = () => ended(reject, transaction.error);
      } catch (error) {
        ended(reject, error);
      }
    };
  });
}

export const get = (drawer, key) => ask(drawer, 'readonly', (store) => store.get(key));
export const all = (drawer) => ask(drawer, 'readonly', (store) => store.getAll());
export const put = (drawer, key, value) => ask(drawer, 'readwrite', (store) => store.put(value, key));
export const remove = (drawer, key) => ask(drawer, 'readwrite', (store) => store.delete(key));
export const clear = (drawer) => ask(drawer, 'readwrite', (store) => store.clear());
