//! The forecast.

use super::{Words, words};

words! {
    TITLE "收益预测" "Forecast"
    NOTE "按让利额下降、持平、上升三种情形估算，仅供参考，不构成承诺。" "Estimates for falling, steady and rising turnover. They depend on the assumptions and are not a promise."
    ASSUMED "假设" "Assumptions"
    TURNOVER "日均让利额（近 30 日均值 = 100%）" "Daily turnover (30-day average = 100%)"
    INFLOW "日新增共享值（近 30 日均值 = 100%）" "New share value a day (30-day average = 100%)"
    SPREAD "30 日涨跌幅" "Change in 30 days"
    IN_USE "计算依据" "Based on"
    DAILY_TURNOVER "日均让利额" "Daily turnover"
    DAILY_INFLOW "日新增共享值" "New share value a day"
    MY_PART "您的共享值" "Your share value"
    ALL "全网共享值" "Network share value"
    BAND_CHART "预计释放积分价值（元）" "Estimated value of released points (yuan)"
    AFTER "天后" "days"
    FALLING "下降" "Falling"
    STEADY "持平" "Steady"
    RISING "上升" "Rising"
    EARNED "释放积分" "Points released"
    WORTH "届时价值（元）" "Value then (yuan)"
    LEFT "剩余共享值" "Share value left"
    BACK "已收回让利" "Concession recovered"
    SO_FAR "历史表现" "So far"
    SO_FAR_NOTE "以下为每 1 共享值累计带来的价值，起始日：" "Value that 1 share value has brought since"
    THEN "按释放当日价格" "At each day’s price"
    NOW "按今日价格" "At today’s price"
    LATE "同样的共享值，加入越晚，获得的积分越少。" "For the same share value, later members get fewer points."
    NONE "暂无共享值，无法预测" "No share value yet, so there is nothing to forecast"
    REFUSED "无法计算：" "Can’t compute this: "
}
