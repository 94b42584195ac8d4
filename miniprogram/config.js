// The address of the settlement server. WeChat accepts only https addresses from the mini-program's settings (服务器域名); the developer tools
// accept others with 不校验合法域名.
module.exports = { server: 'http://127.0.0.1:8080' };
