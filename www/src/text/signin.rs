//! Signing in: choosing a member of a demo.

use super::{Words, words};

words! {
    MEMBERS "选择会员" "Choose a member"
    SEARCH "会员编号" "Member id"
    SEARCH_HINT "例如 c0001 或 shop1" "For example c0001 or shop1"
    OPEN "打开" "Open"
    MORE "显示更多" "Show more"
    NONE_FOUND "列表中没有以此开头的编号。" "No id in the list starts like this."
    ACTIVATED "已激活" "activated"
    NOT_ACTIVATED "未激活" "not activated"
    MERCHANT "商家" "Merchant"
    ALL_MEMBERS "全部会员" "All members"
    SIGN_IN "登录" "Sign in"
    SIGNED_IN "已登录为" "Signed in as"
    CONTINUE "进入账户" "Go to the account"
    SIGN_OUT "退出登录" "Sign out"
    DEMO_NOTE "演示服务器：任选一位会员登录，或以运营方身份查看。" "A demo: sign in as any member, or look at it as the operator."
    OPERATOR "运营方视图" "Operator view"
    MEMBERS_ONLY "此服务器的会员凭通行密钥登录。" "Members of this server sign in by passkey."
    NOT_YOURS "此账户不属于您" "This account is not yours"
    NOT_YOURS_NOTE "您以其他会员身份登录。请先退出，或返回自己的账户。" "You are signed in as somebody else. Sign out first, or go back to your own account."
    PASSKEY "用通行密钥登录" "Sign in with a passkey"
    PASSKEY_REGISTER "用通行密钥注册" "Register with a passkey"
    NO_PASSKEY "没有可用的通行密钥" "No passkey was given"
    NO_PASSKEY_NOTE "此设备上没有对应的通行密钥，或操作已取消。" "This device has no passkey for this server, or it was cancelled."
}
