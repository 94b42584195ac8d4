// Stands between the browser and the server, so that a test can also change files for the service worker, whose requests do not pass through a
// page's routes.
import { createServer, request as ask } from 'node:http';

/** Passes every request on to `target`. `alter(path, text)` returns another text of the answer, `null` for no answer, or nothing to keep it.
 *  `path(url)` maps a path to the server's. */
export async function proxy(target, { alter = () => undefined, path = (url) => url } = {}) {
  const server = createServer((request, response) => {
    // Without conditional headers, because the browser may have an altered text.
    const { 'if-none-match': _, 'if-modified-since': __, ...asked } = request.headers;
    const headers = { ...asked, host: new URL(target).host, 'accept-encoding': 'identity' };
    const passed = ask(new URL(path(request.url), target), { method: request.method, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const body = Buffer.concat(parts);
        const altered = alter(request.url, body);
        if (altered === null) return response.destroy();
        const sent = altered ?? body;
        const { 'content-length': length, 'transfer-encoding': encoding, etag, ...rest } = answer.headers;
        response.writeHead(answer.statusCode, { ...rest, 'content-length': Buffer.byteLength(sent) });
        return response.end(sent);
      });
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
