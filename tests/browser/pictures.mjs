// README's picture of the wallet, from a demo that runs: `cargo xtask demo`, then
// `node tests/browser/pictures.mjs [http://127.0.0.1:8080] [docs/wallet.png]`.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(join(root, 'tools/package.json'))('playwright-core');
const [url = 'http://127.0.0.1:8080', file = join(root, 'docs/wallet.png')] = process.argv.slice(2);

const PHONE = { width: 375, height: 720 };
const GAP = 25;
/** Each phone: language, colours, a kind of guest, the screen, and what is there once it is drawn. */
const PHONES = [
  ['en-US', 'light', 'member', '', '[data-testid=check]'],
  ['zh-CN', 'dark', 'partner', '/statement', '[data-testid=statement]'],
  ['en-US', 'light', 'member', '/forecast', 'gx-chart canvas'],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** The picture of one phone, as a data address. */
async function phone([locale, colorScheme, kind, screen, drawn]) {
  const context = await browser.newContext({ locale, colorScheme, viewport: PHONE, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(`[data-testid=guest][data-kind=${kind}]`).click();
  await page.waitForURL(/#\/m\//);
  const [home] = new URL(page.url()).hash.match(/#\/m\/[^/]+/);
  await page.goto(`${url}/${home}${screen}`);
  await page.locator(drawn).first().waitFor({ state: 'attached' });
  await page.evaluate(() => document.fonts.ready);
  const picture = await page.screenshot();
  await context.close();
  return `data:image/png;base64,${picture.toString('base64')}`;
}

const pictures = [];
for (const one of PHONES) pictures.push(await phone(one));
const page = await browser.newPage({ viewport: { width: PHONES.length * (PHONE.width + GAP), height: PHONE.height + 32 } });
await page.setContent(`<body style="margin:16px 0;background:#ebe8e0;display:flex;justify-content:space-evenly">
  ${pictures.map((picture) => `<img src="${picture}" style="border-radius:14px" width="${PHONE.width}" height="${PHONE.height}">`).join('')}`);
await page.screenshot({ path: file });
await browser.close();
