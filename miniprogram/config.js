// Where the settlement server is. WeChat takes only https addresses that are named in the mini-program's own settings (服务器域名), except
// in the developer tools with 不校验合法域名.
module.exports = { server: 'http://127.0.0.1:8080' };
