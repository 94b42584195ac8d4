// IndexedDB for `keep.rs`: each function makes one request in one transaction, and returns a promise. Bundled into the glue.

/** A database that does not answer for so long counts as broken, and is not asked again. */
const PATIENCE_MS = 3_000;
let broken = false;

/** The result of a request once it is stored. Fails where the browser blocks storage, has no room, or never answers. */
function ask(name, mode, request) {
  return new Promise((resolve, reject) => {
    if (broken) throw new Error('the database does not answer');
    const timer = setTimeout(() => {
      broken = true;
      reject(new Error('the database does not answer'));
    }, PATIENCE_MS);
    const ended = (end, value) => {
      clearTimeout(timer);
      end(value);
    };
    const opening = indexedDB.open('gongxiang', 2);
    opening.onupgradeneeded = () => {
      const known = opening.result.objectStoreNames;
      for (const store of ['answers', 'waiting', 'done', 'refused']) if (!known.contains(store)) opening.result.createObjectStore(store);
    };
    opening.onerror = () => ended(reject, opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      try {
        const transaction = database.transaction(name, mode);
        const asked = request(transaction.objectStore(name));
        transaction.oncomplete = () => ended(resolve, asked.result);
        transaction.onabort = () => ended(reject, transaction.error);
        // Closes once the transaction has ended.
        database.close();
      } catch (error) {
        database.close();
        ended(reject, error);
      }
    };
  });
}

export const get = (name, key) => ask(name, 'readonly', (store) => store.get(key));
export const all = (name) => ask(name, 'readonly', (store) => store.getAll());
export const put = (name, key, value) => ask(name, 'readwrite', (store) => store.put(value, key));
export const remove = (name, key) => ask(name, 'readwrite', (store) => store.delete(key));
export const clear = (name) => ask(name, 'readwrite', (store) => store.clear());
