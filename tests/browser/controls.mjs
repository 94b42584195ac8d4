// The controls of a page as a person meets them: what the accessibility tree offers to press, to type into or to follow.

/** Roles that a person acts on, by the browser's names. */
const ACTS = new Map(Object.entries({
  button: 'button', link: 'link', textbox: 'textbox', searchbox: 'searchbox', combobox: 'combobox', checkbox: 'checkbox', slider: 'slider',
  spinbutton: 'spinbutton', Date: 'date', radio: 'radio', switch: 'switch', tab: 'tab', menuitem: 'menuitem', DisclosureTriangle: 'summary',
}));

/** An address of the wallet without the ids in it. */
const pattern = (href) => href
  .replace(/^#\/(m|shop|join|pay)\/[^/]+/, '#/$1/ID')
  .replace(/^#\/operator\/members\/.+/, '#/operator/members/ID')
  .replace(/\/orders\/[^/]+$/, '/orders/ORDER');

/** What a test finds a control by: its test id, else where it leads, its id, or its name. */
function keyOf({ 'data-testid': testid, class: kind = '', href = '', id }, name) {
  if (testid) return testid;
  if (kind === 'brand') return '.brand';
  if (href) return pattern(href);
  return id ? `#${id}` : name;
}

/** The part of the page that a control is in, if every screen has it. */
function frameOf(node, attributes, above) {
  if (above) return above;
  if (node.nodeName === 'HEADER' && attributes.class === 'bar') return 'frame';
  if (node.nodeName === 'NAV' && attributes.class === 'ways') return 'ways';
  if (['P', 'UL', 'DIV'].includes(node.nodeName) && /^notice\b/.test(attributes.class)) return 'notices';
  return node.nodeName === 'FOOTER' || attributes.class === 'skip' || attributes['data-testid'] === 'staff' ? 'frame' : '';
}

/** The elements of a document by their number, with their attributes and the frame's part that they are in. */
function elementsOf(node, above = '', found = new Map(), outer = {}) {
  const pairs = node.attributes ?? [];
  const attributes = Object.fromEntries(pairs.flatMap((name, at) => (at % 2 ? [] : [[name, pairs[at + 1]]])));
  // What folds and unfolds is found by the part that it belongs to.
  if (node.nodeName === 'SUMMARY') attributes['data-testid'] ??= outer['data-testid'];
  const frame = frameOf(node, attributes, above);
  found.set(node.backendNodeId, { attributes, frame });
  for (const child of node.children ?? []) elementsOf(child, frame, found, attributes);
  return found;
}

/** The connection to a page's developer tools. It stays open: when one closes, the browser forgets the page's virtual authenticator. */
const sessions = new WeakMap();

/** Every control that the page offers now: `{ frame, role, key, name }`. */
export async function controls(page) {
  if (!sessions.has(page)) sessions.set(page, await page.context().newCDPSession(page));
  const session = sessions.get(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const { root } = await session.send('DOM.getDocument', { depth: -1 });
  const elements = elementsOf(root);
  // A number that a tap shows with all of its places.
  const isCut = await page.locator('.num[data-other]').first().isVisible();
  const numbers = isCut ? [{ frame: 'frame', role: 'number', key: '.num', name: 'number' }] : [];
  const found = nodes.filter((node) => !node.ignored && ACTS.has(node.role?.value)).flatMap((node) => {
    const element = elements.get(node.backendDOMNodeId);
    const name = node.name?.value ?? '';
    return element ? [{ frame: element.frame, role: ACTS.get(node.role.value), key: keyOf(element.attributes, name), name }] : [];
  });
  return [...found, ...numbers];
}

/** The links that lead where a line of `controls.txt` says, such as `#/m/ID/shop`, with these ids. */
export function links(page, to, ...ids) {
  const address = to.replace(/ID|ORDER/g, () => ids.shift());
  return page.locator(`a[href="${address}"]`);
}
