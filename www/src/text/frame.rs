//! The frame around every screen.

use super::{Words, words};

words! {
    TITLE "共享购钱包" "Gongxiang wallet"
    TAGLINE "自行计算，核对服务器" "Computes by itself, and checks the server"
    CAUTION "共享积分的价值可能下跌。预览只按此刻的状态计算，不作任何承诺。" "What points are worth can fall. A preview holds for the state of this moment; it promises nothing."
    LANGUAGE "语言" "Language"
    LOADING "正在加载……" "Loading …"
    REFRESH "重新读取" "Load again"
    RETRY "重试" "Try again"
    YUAN "元" "yuan"
    SKIP "跳到内容" "Skip to the content"
    WAYS "导航" "Navigation"
    HOME "账户" "Account"
    STATEMENT "明细" "Statement"
    CALCULATOR "试算" "Calculator"
    FORECAST "预测" "Forecast"
    MOVE "办理" "Move"
    SHOP "店铺" "Shop"
    OVERVIEW "概览" "Overview"
    RULES "规则" "Rules"
    ECONOMY "经济" "Economy"
    UNDERSTOOD "理解为" "Understood as"
    OFFLINE_SINCE "服务器没有响应。以下数据保存于" "The server does not answer. What you see was kept on"
    OFFLINE_DAY "，按日结记录计算至" ", brought up to the day"
    WAITING_ONE "项操作等待发送，网络恢复后各发送一次。" "waiting to be sent, each once, when the network is back."
    SEND_NOW "立即发送" "Send now"
    STORAGE_FAILS "浏览器不允许保存数据：离线时所做的操作在关闭页面后会丢失。" "This browser keeps no data: what you do without a network is lost when the page is closed."
    OTHER_VERSION "服务器采用其他版本的规则：预览不作准，以结算回执为准。" "The server speaks another version of the rules: no preview is final, the settled receipt is."
    CLOSE "关闭" "Close"
    DAY_NOW "今日" "Today is"
}
