//! What a value in yuan rests on, the history of the price, and how much could be used if the scheme ended today.

use super::{Words, words};

words! {
    AT_PRICE "按今日价格" "At today’s price"
    FALLS_TURNOVER "元/积分。价格按近期到账订单的让利额计算，让利额减少，价格就下跌。" "yuan a point. The price follows the concessions of recent orders, and falls when they fall."
    FALLS_MARKET "元/积分。价格跟随会员间的成交价，成交价走低，价格就下跌。" "yuan a point. The price follows the trades between members, and falls when they pay less."
    FALLS_OPERATOR "元/积分。价格由平台设定，可以随时下调。" "yuan a point. The operator sets the price, and can lower it at any time."
    FALLS_THEN "按每日当日价格计算。价格会下跌，今日卖出或兑换所得可能更少。" "Each day’s points at that day’s price. The price can fall, and they can bring less today."
    PRICES "价格走势" "Price history"
    RANGE "时间范围" "Range"
    DAYS_30 "30 天" "30 days"
    ALL "全部" "All"
    CHANGE "区间涨跌" "Change"
    SINCE "起始日" "since"
    ENDED "如果今日停止运营" "If it ended today"
    ENDED_NOTE "按最近 7 个已结日订单和兑换实际销毁的积分估算（扣除退回部分），不构成承诺。" "An estimate from the points that orders and goods burned in the last 7 closed days, less what came back. It’s not a promise."
    SOON "您的积分 30 天内可消化的价值" "Of your worth, absorbed within 30 days"
    OF_WORTH "，共" "of"
    DAILY "每日消化积分" "Points absorbed a day"
    DAILY_WORTH "每日消化价值" "Worth absorbed a day"
    HELD "全部流通积分" "All points that are held"
    DAYS_UNTIL "全部消化所需天数" "Days until all are absorbed"
    GOODS_KEPT "兑换所付积分归平台，不计入。" "Points paid for goods go to the operator here and don’t count."
    FEW_DAYS "已结日不足 7 天，暂无法估算。" "No figure yet: fewer than 7 closed days say what was burned."
    NOTHING "最近 7 个已结日没有积分被消化：没有订单或兑换销毁积分，无法估算。" "No figure: in the last 7 closed days orders and goods burned no points."
    TOO_MUCH "数值过大，无法计算。" "No figure: the numbers are too large."
}
