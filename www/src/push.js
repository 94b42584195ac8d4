// Web Push for `subscription.rs`: the browser's part of a subscription. Bundled into the glue.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));

const registration = async () => (await navigator.serviceWorker?.getRegistration()) ?? null;

/** Whether this page can be sent messages: `ready`, `denied` if the person said no, or `none`. */
export async function push_state() {
  const worker = await registration().catch(() => null);
  if (!worker?.pushManager || !globalThis.Notification) return 'none';
  return Notification.permission === 'denied' ? 'denied' : 'ready';
}

/** Subscribes this browser, after asking the person. Returns its `PushSubscription` as JSON. */
export async function push_subscribe(key) {
  const worker = await registration();
  const applicationServerKey = bytes(key);
  // A subscription for another server's key is of no use, and stands in the way.
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  return JSON.stringify(await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
}

/** Ends this browser's subscription. The server learns it from the push service with its next message. */
export async function push_end() {
  const worker = await registration();
  await (await worker?.pushManager?.getSubscription())?.unsubscribe();
}
