// IndexedDB as `keep.rs` asks for it: one request in one transaction, a promise each. It is bundled into the glue.

/** A database that answers nothing for so long is taken to be broken, and not asked again. */
const PATIENCE_MS = 3_000;
let broken = false;

/** The result of a request once it is stored. Fails where the browser blocks storage, has no room, or never answers. */
function ask(drawer, mode, request) {
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
    const opening = indexedDB.open('gongxiang', 1);
    opening.onupgradeneeded = () => {
      for (const name of ['answers', 'waiting', 'done']) opening.result.createObjectStore(name);
    };
    opening.onerror = () => ended(reject, opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      try {
        const transaction = database.transaction(drawer, mode);
        const asked = request(transaction.objectStore(drawer));
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

export const get = (drawer, key) => ask(drawer, 'readonly', (store) => store.get(key));
export const all = (drawer) => ask(drawer, 'readonly', (store) => store.getAll());
export const put = (drawer, key, value) => ask(drawer, 'readwrite', (store) => store.put(value, key));
export const remove = (drawer, key) => ask(drawer, 'readwrite', (store) => store.delete(key));
export const clear = (drawer) => ask(drawer, 'readwrite', (store) => store.clear());
