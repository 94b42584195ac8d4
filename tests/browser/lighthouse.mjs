// Lighthouse on a screen of the wallet, as a phone and as a desktop, with its own simulated throttling.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePort, stage } from './stage.mjs';

const tools = createRequire(fileURLToPath(new URL('../../tools/lighthouse/package.json', import.meta.url)));
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(tools.resolve('lighthouse')).href);

/** A server and a browser that Lighthouse can use. */
export async function lighthouseStage() {
  const port = await freePort();
  const house = stage({ args: [`--remote-debugging-port=${port}`] });
  house.reports = async (categories) => {
    const { member } = (await house.members()).filter((line) => line.activated && !line.merchant)[3];
    const reports = [];
    for (const [screen, hash] of [['sign-in', '#/'], ['home', `#/m/${member}`]]) {
      for (const [form, config] of [['phone', undefined], ['desk', desktopConfig]]) {
        const flags = { port, output: 'json', logLevel: 'error', onlyCategories: categories };
        const { lhr } = await lighthouse(`${house.url}/${hash}`, flags, config);
        if (lhr.runtimeError) throw new Error(`${screen}: ${lhr.runtimeError.message}`);
        reports.push({ where: `${screen} on a ${form}`, ...lhr });
      }
    }
    return reports;
  };
  return house;
}
