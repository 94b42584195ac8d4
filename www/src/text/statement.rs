//! The statement.

use super::{Words, words};

words! {
    STATEMENT "近日明细" "The last days"
    STATEMENT_NOTE "自账户上次因释放以外的原因变动之日起列出。" "Listed from the day on which the account last changed by anything but the release."
    STATEMENT_EMPTY "账户上次变动后尚无日结，请在下次日结后查看。" "No day was closed since this account last changed. Come back after the next one."
    FORMULA_NOTE "当日获得积分 = 当日释放积分 × 个人共享值 ÷ 全网共享值。" "Points of a day = points released × your share value ÷ share value of all."
    SHARE_VALUE_AFTER "剩余共享值" "Share value after"
    WORTH_THEN "当日价值" "Worth that day"
    FORMULA "算式" "How"
    TITLE "明细" "Statement"
    TITLE_NOTE "每日释放由本机按日结记录算出，其余来自账目。" "Each day’s release is worked out here from the day records; all else is from the books."
    SEARCH "搜索" "Search"
    SEARCH_HINT "日期、编号、名目……" "Day, id, kind …"
    FILTER "筛选" "Filter"
    ALL "全部" "All"
    ONLY_RELEASE "释放" "Release"
    ONLY_ORDERS "订单与奖励" "Orders and rewards"
    ONLY_MOVES "往来" "Moves"
    EXPORT "导出 CSV" "Export CSV"
    ROWS "行" "rows"
    NONE "没有符合的记录。" "Nothing fits."
    ADDS_UP "全部记录之和等于账户积分。" "All entries together give the account’s points."
    ADDS_NOT "记录之和与账户积分不符。" "The entries together do not give the account’s points."
    FROM "来自" "from"
    TO "转给" "to"
    MORE "显示更多" "Show more"
}
