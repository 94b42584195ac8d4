//! What a member may expect.

use super::{Words, words};

words! {
    TITLE "预测" "Forecast"
    NOTE "不是承诺：结果取决于假设。区间由营业额下降、持平、上升三种走势算出。" "No promise: it depends on what is assumed. The band runs from falling over steady to rising turnover."
    ASSUMED "假设" "What is assumed"
    TURNOVER "每日营业额（让利），为近 30 日均值的" "Turnover a day (concessions), of the mean of 30 days"
    INFLOW "每日新增共享值，为近 30 日均值的" "New share value a day, of the mean of 30 days"
    SPREAD "30 日涨跌幅" "Rise and fall in 30 days"
    IN_USE "计算所用" "Used"
    DAILY_TURNOVER "营业额/日" "Turnover a day"
    DAILY_INFLOW "新增共享值/日" "New share value a day"
    MY_PART "您的共享值" "Your share value"
    ALL "全网共享值" "Share value of all"
    BAND_CHART "预计释放积分的价值（元）" "What the released points may be worth (yuan)"
    AFTER "天后" "days on"
    FALLING "下降" "Falling"
    STEADY "持平" "Steady"
    RISING "上升" "Rising"
    EARNED "释放积分" "Points released"
    WORTH "按当时价格的价值（元）" "Worth at the price then (yuan)"
    LEFT "剩余共享值" "Share value left"
    BACK "已返还的让利比例" "Part of a concession that came back"
    SO_FAR "迄今实际" "What really came so far"
    SO_FAR_NOTE "首日的每 1 共享值，迄今实际带来的价值：" "One share value of the first day has really brought, so far:"
    THEN "按释放当日价格" "at the prices of those days"
    NOW "按今日价格" "at today’s price"
    LATE "越晚加入，同样的共享值换得的积分越少。" "Who joins later gets fewer points for the same share value."
    NONE "没有共享值，因此没有预期。" "Without share value there is nothing to expect."
    REFUSED "此假设无法计算：" "This cannot be worked out:"
}
