//! How a member signs in: passkeys, sessions, codes, `WeChat` accounts.

use super::{Words, words};

words! {
    ACCOUNT "账户与安全" "Account and security"
    MENU "账户菜单" "Account menu"
    PASSKEYS "通行密钥" "Passkeys"
    PASSKEYS_NONE "尚未添加通行密钥。添加后可用指纹、面容或锁屏密码登录。" "No passkey yet. With one you sign in by fingerprint, face or screen lock."
    PASSKEYS_NOTE "移除通行密钥后，由它登录的设备会同时退出。" "Removing a passkey also signs out the devices that used it."
    ADD_PASSKEY "添加通行密钥" "Add a passkey"
    NAME "名称" "Name"
    NAME_HINT "例如：我的手机" "For example: my phone"
    ADDED "添加于" "Added"
    USED "上次使用" "Last used"
    REMOVE "移除" "Remove"
    SURE "确认？" "Are you sure?"
    SESSIONS "登录设备" "Where you’re signed in"
    SESSIONS_NOTE "发现陌生设备？请将其退出，并移除不认识的通行密钥。" "Don’t recognise a device? Sign it out, and remove passkeys you don’t know."
    THIS_DEVICE "本机" "This device"
    SINCE "登录于" "Signed in"
    SEEN "最近使用" "Last active"
    END "退出" "Sign out"
    END_OTHERS "退出其他所有设备" "Sign out all other devices"
    OTHER_DEVICE "在其他设备登录" "Sign in on another device"
    CODE_NOTE "生成登录码，在另一台设备或小程序中使用。限用一次，3 天内有效。" "Create a code for another device or the mini-program. It works once, within 3 days."
    MAKE_CODE "生成登录码" "Create a code"
    CODE "登录码" "Code"
    CODE_LINK "登录链接" "Sign-in link"
    CODE_SECRET "请勿告诉他人：任何人都可用它登录您的账户。" "Don’t share it: anyone who has it can sign in to your account."
    MADE "生成于" "Created"
    MADE_BY_OPERATOR "由运营方生成于" "Created by the operator"
    UNTIL "有效期至" "Valid until"
    END_CODE "作废" "Cancel"
    WECHAT "微信" "WeChat"
    WECHAT_NOTE "如需绑定微信，请生成登录码并在小程序中填写。" "To bind WeChat, create a code and enter it in the mini-program."
    BOUND "绑定于" "Bound"
    UNBIND "解绑" "Unbind"
    BY_PASSKEY "通行密钥登录" "by passkey"
    BY_CODE "登录码登录" "by code"
    BY_WECHAT "微信登录" "by WeChat"
    BY_DEMO "演示登录" "demo"
    BY_TOKEN "其他应用，只能查看" "another app, for reading only"
    IPHONE "iPhone" "iPhone"
    IPAD "iPad" "iPad"
    ANDROID "安卓设备" "Android"
    HARMONY "鸿蒙设备" "HarmonyOS"
    WINDOWS "Windows 电脑" "Windows"
    MAC "Mac" "Mac"
    CHROMEBOOK "Chromebook" "Chromebook"
    LINUX "Linux 电脑" "Linux"
    OTHER "其他设备" "Other device"
}

/// What a family of devices is called.
pub fn device(family: &str) -> Words {
    match family {
        "iphone" => IPHONE,
        "ipad" => IPAD,
        "android" => ANDROID,
        "harmony" => HARMONY,
        "windows" => WINDOWS,
        "mac" => MAC,
        "chromebook" => CHROMEBOOK,
        "linux" => LINUX,
        _ => OTHER,
    }
}

/// How a session was opened.
pub fn way(way: &str) -> Words {
    match way {
        "code" => BY_CODE,
        "wechat" => BY_WECHAT,
        "demo" => BY_DEMO,
        "token" => BY_TOKEN,
        _ => BY_PASSKEY,
    }
}
