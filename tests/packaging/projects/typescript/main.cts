import gongxiang = require('gongxiang');

const answer: gongxiang.OrderReceipt['points'] = '1';
gongxiang.init().then(() => console.log(gongxiang.version(), answer));
