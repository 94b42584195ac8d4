//! Faults.

use super::{Words, words};

words! {
    UNKNOWN_MEMBER "会员不存在" "No member has this ID"
    UNKNOWN_MEMBER_NOTE "请检查会员编号，注意区分大小写。" "Check the ID. It is case-sensitive."
    FORBIDDEN "没有权限" "You don’t have access"
    FORBIDDEN_NOTE "此内容需要本人或运营方登录后查看或操作。" "This needs the member whose account it is, or the operator."
    UNREACHABLE "网络连接失败" "Can’t reach the server"
    UNREACHABLE_NOTE "请检查网络后重试，账户没有变动。" "Check your connection and try again. Nothing has changed."
    FAILED "服务暂时不可用" "Something went wrong"
    FAILED_NOTE "请稍后重试。" "Please try again later."
    REFUSED "操作失败" "That didn’t work"
    NOT_FOUND "内容不存在" "Not found"
    NOT_FOUND_NOTE "内容可能已被删除，或不属于您。" "It may have been removed, or it isn’t yours."
    BAD_ANSWER "服务器返回异常" "Unexpected response"
    BAD_ANSWER_NOTE "数据校验未通过，为避免出错，暂不显示。" "The data didn’t pass our checks, so it isn’t shown."
    NO_RANDOM "浏览器无法生成安全密钥" "Your browser can’t create a secure key"
    NO_RANDOM_NOTE "无法保证操作不会重复提交，因此没有提交。" "Without one, this could be submitted twice, so nothing was sent."
    NOWHERE "页面不存在" "Page not found"
    NOWHERE_NOTE "请检查网址是否正确。" "Check the address."
}
