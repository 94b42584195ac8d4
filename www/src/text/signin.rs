//! Signing in: choosing a member of a demo.

use super::{Words, words};

words! {
    MEMBERS "选择会员" "Choose a member"
    SEARCH "会员编号" "Member ID"
    SEARCH_HINT "例如 c0001 或 shop1" "For example c0001 or shop1"
    OPEN "打开" "Open"
    MORE "显示更多" "Show more"
    NONE_FOUND "未找到此编号" "No matching ID"
    ACTIVATED "已激活" "Activated"
    NOT_ACTIVATED "未激活" "Not activated"
    MERCHANT "商家" "Merchant"
    ALL_MEMBERS "返回首页" "Back to start"
    SIGN_IN "登录" "Sign in"
    SIGNED_IN "当前账户" "Signed in as"
    CONTINUE "进入账户" "Go to your account"
    SIGN_OUT "退出登录" "Sign out"
    SIGN_OUT_WAITS "还有操作尚未提交。退出后仍保存在本设备，下次登录时自动提交。" "Some actions haven’t been sent. They stay on this device and are sent the next time you sign in."
    SIGN_OUT_ANYWAY "仍要退出" "Sign out anyway"
    DEMO_NOTE "演示环境：可选择任一会员登录，或以运营方身份查看。" "This is a demo. Sign in as any member, or view it as the operator."
    DESK "进入工作台" "Go to the desk"
    OPERATOR "运营方视图" "Operator view"
    MEMBERS_ONLY "请使用运营方提供的登录方式。" "Sign in the way your operator told you."
    NOT_YOURS "无法查看此账户" "You can’t view this account"
    NOT_YOURS_NOTE "您已登录其他账户，请切换账户后查看。" "You’re signed in to another account. Switch accounts to view this one."
    SIGNED_OUT "登录已失效" "You’re signed out"
    SIGNED_OUT_NOTE "请重新登录。" "Sign in again to continue."
    PASSKEY "通行密钥登录" "Sign in with a passkey"
    PASSKEY_REGISTER "通行密钥注册" "Sign up with a passkey"
    NO_PASSKEY "登录未完成" "Sign-in not completed"
    NO_PASSKEY_NOTE "此设备没有可用的通行密钥，或您已取消。" "This device has no passkey for this site, or you cancelled."
}
