//! The statement.

use super::{Words, words};

words! {
    STATEMENT "最近收益" "Recent days"
    STATEMENT_EMPTY "暂无收益，日结后显示在这里。" "No earnings yet. They appear after the day closes."
    FORMULA_NOTE "当日积分 = 当日释放积分 × 个人共享值 ÷ 全网共享值。" "Points = points released × your share value ÷ network share value."
    SHARE_VALUE_AFTER "剩余共享值" "Share value after"
    WORTH_THEN "当日价值（元）" "Value that day (yuan)"
    FORMULA "计算方式" "How"
    TITLE "明细" "Statement"
    TITLE_NOTE "每日释放由本机计算，其余来自账户记录。" "Daily releases are calculated on your device; everything else is from your account’s records."
    SEARCH "搜索" "Search"
    SEARCH_HINT "日期、编号、类型" "Date, ID, type"
    FILTER "筛选" "Filter"
    ALL "全部" "All"
    ONLY_RELEASE "释放" "Release"
    ONLY_ORDERS "订单与奖励" "Orders and rewards"
    ONLY_MOVES "转赠与交易" "Transfers and trades"
    EXPORT "导出 CSV" "Export CSV"
    ROWS "条" "rows"
    NONE "没有符合条件的明细" "No matching activity"
    ADDS_UP "明细合计与余额一致。" "All entries add up to your balance."
    ADDS_NOT "明细合计与余额不一致。" "The entries don’t add up to your balance."
    FROM "来自" "from"
    TO "转给" "to"
    MORE "查看更多" "Show more"
}
