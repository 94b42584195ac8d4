//! What is seen when there is nothing to see.

use super::{Words, words};

words! {
    UNKNOWN_MEMBER "没有此编号的会员" "No member has this id"
    UNKNOWN_MEMBER_NOTE "请检查编号，注意区分大小写。" "Check the id. Capital letters count."
    UNREACHABLE "服务器没有响应" "The server does not answer"
    UNREACHABLE_NOTE "请检查网络后重试。没有发生任何变动。" "Check the connection and try again. Nothing was changed."
    FAILED "服务器出错" "The server failed"
    FAILED_NOTE "这不是您的问题，请稍后重试。" "The fault is not yours. Try again in a while."
    NONSENSE "无法理解服务器的回答" "The answer makes no sense"
    NONSENSE_NOTE "返回的数据前后不符，因此不予显示，以免出错。" "What came back does not fit together, so nothing is shown rather than something wrong."
    NOWHERE "这里什么也没有" "There is nothing here"
    NOWHERE_NOTE "此地址不对应钱包中的任何页面。" "The address leads to no screen of this wallet."
}
