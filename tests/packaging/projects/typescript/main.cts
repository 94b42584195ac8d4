import gongxiang = require('gongxiang');

const answer: gongxiang.Receipt['points'] = undefined;
gongxiang.init().then(() => console.log(gongxiang.version(), answer));
