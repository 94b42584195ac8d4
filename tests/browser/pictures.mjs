// README's pictures, from a demo that runs: `cargo xtask demo`, then `node tests/browser/pictures.mjs [http://127.0.0.1:8080] [docs]`.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(join(root, 'tools/package.json'))('playwright-core');
const [url = 'http://127.0.0.1:8080', into = join(root, 'docs')] = process.argv.slice(2);

const GROUND = '#ebe8e0';
const PHONE = { width: 375, height: 720 };
const GAP = 25;
/** Each phone: language, colours, a kind of guest, the screen, and what is there once it is drawn. */
const PHONES = [
  ['en-US', 'light', 'member', '', '[data-testid=check]'],
  ['zh-CN', 'dark', 'partner', '/statement', '[data-testid=statement]'],
  ['en-US', 'light', 'member', '/forecast', 'gx-chart canvas'],
];
/** Each widget: attributes, width and theme. */
const WIDGETS = [
  ['lang="en" layout="line" amount="1288" concession="10%"', 420, 'light'],
  ['lang="en" layout="card" amount="1288" concession="10%"', 420, 'light'],
  ['lang="zh-CN" amount="299" concession="10%" merchant="茶叶店"', 375, 'dark'],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** The picture of one phone, as a data address. */
async function phone([locale, colorScheme, kind, screen, drawn]) {
  const context = await browser.newContext({ locale, colorScheme, viewport: PHONE, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(`[data-testid=guest][data-kind=${kind}]`).click();
  await page.waitForURL(/#\/m\//);
  await page.locator('[data-testid=check], [data-testid=statement]').first().waitFor({ state: 'attached' });
  const [home] = new URL(page.url()).hash.match(/#\/m\/[^/]+/);
  // Another screen may be another program: then the page loads anew.
  await page.evaluate((hash) => { location.hash = hash; }, home + screen);
  await page.locator(drawn).first().waitFor({ state: 'attached' });
  await page.evaluate(() => document.fonts.ready);
  const picture = await page.screenshot();
  await context.close();
  return `data:image/png;base64,${picture.toString('base64')}`;
}

async function wallet() {
  const pictures = [];
  for (const one of PHONES) pictures.push(await phone(one));
  const page = await browser.newPage({ viewport: { width: PHONES.length * (PHONE.width + GAP), height: PHONE.height + 32 } });
  await page.setContent(`<body style="margin:16px 0;background:${GROUND};display:flex;justify-content:space-evenly">
    ${pictures.map((picture) => `<img src="${picture}" style="border-radius:14px" width="${PHONE.width}" height="${PHONE.height}">`).join('')}`);
  await page.screenshot({ path: join(into, 'wallet.png') });
}

async function widget() {
  const page = await browser.newPage({ viewport: { width: 900, height: 600 }, reducedMotion: 'reduce' });
  const site = 'http://shop.example';
  const element = ([attributes, width, theme]) => `<earnings-preview rules="seed" theme="${theme}" style="display:block;width:${width}px" ${attributes}></earnings-preview>`;
  const [line, card, calculator] = WIDGETS.map(element);
  const body = `<body style="margin:0;background:${GROUND}">
    <div id="all" style="display:flex;align-items:start;gap:${GAP}px;padding:${GAP}px;width:max-content"><div>${line}<br>${card}</div>${calculator}</div>
    <script type="module" src="/gongxiang/widget.js"></script>`;
  await page.route(`${site}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname === '/' ? route.fulfill({ contentType: 'text/html; charset=utf-8', body }) : route.fulfill({ path: join(root, 'pkg', pathname.replace('/gongxiang/', '')) });
  });
  await page.goto(site);
  for (const nth of WIDGETS.keys()) await page.locator('earnings-preview').nth(nth).locator('[part=headline]').first().waitFor();
  await page.locator('#all').screenshot({ path: join(into, 'widget.png') });
}

await wallet();
await widget();
await browser.close();
