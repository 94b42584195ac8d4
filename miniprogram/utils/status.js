// Codes for answers that have none that is known here, such as those of a proxy or of a newer server.
const CODES = {
  401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 408: 'timeout', 409: 'conflict', 413: 'too_large', 429: 'rate_limited', 503: 'unavailable',
};

/** The code of a failed answer by its status: whose fault it is, at least. */
const byStatus = (status) => CODES[status] || (status >= 400 && status < 500 ? 'bad_input' : 'failed');

module.exports = { byStatus };
