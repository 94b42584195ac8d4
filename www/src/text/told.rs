//! A member's notices.

use super::{Words, words};
use crate::lang::Lang;

words! {
    NOTICES "消息通知" "Notices"
    NOTICES_NOTE "选择接收哪些通知，以及接收方式。" "Choose what you are told, and where."
    HERE "本浏览器" "This browser"
    HERE_NOTE "锁屏上只显示通知类型，不显示金额和姓名。" "A locked screen shows only what kind of thing happened: no amounts, no names."
    TURN_ON "开启通知" "Turn on notices"
    DENIED "通知权限已被拒绝。请在浏览器的网站设置中允许通知，然后重新打开本页。" "Notices are blocked. Allow them for this site in your browser’s settings, then open this page again."
    UNABLE "此浏览器不支持通知。iPhone 和 iPad 请先将本页添加到主屏幕，再从主屏幕打开。" "This browser can’t show notices. On iPhone and iPad, add this page to your Home Screen first, and open it there."
    NOT_ALLOWED "未开启：您没有允许通知，或暂时无法连接推送服务。" "Not turned on: permission was not given, or the push service can’t be reached."
    EMAIL "邮箱" "E-mail"
    BY_EMAIL "开启邮件通知" "Get e-mails"
    BAD_EMAIL "请填写有效的邮箱地址" "Enter an e-mail address."
    SMS "短信" "Text message"
    SMS_NOTE "发送到个人资料中的手机号。" "Sent to the phone number in your profile."
    BY_SMS "开启短信通知" "Get text messages"
    NO_PHONE "请先在个人资料中填写手机号。" "Add a phone number to your profile first."
    WECHAT "微信" "WeChat"
    OTHER_BROWSER "其他浏览器" "Another browser"
    TURN_OFF "关闭" "Turn off"
    KINDS "通知内容" "Tell me about"
    TROUBLE "上次发送失败" "The last message failed"
    TOO_MANY "最多 10 种接收方式，请先关闭一种。" "You can have up to 10. Turn one off first."
    OFF "此服务器暂未开通通知。" "This server sends no notices."
    LATEST "最近通知" "Recent"
    NONE "暂无通知。开启后，近 90 天的通知会显示在这里。" "Nothing yet. Once turned on, the last 90 days are listed here."
}

/// The name of a kind. A newer server may have kinds that this wallet does not know.
pub fn kind(lang: Lang, kind: &str) -> Option<&'static str> {
    gongxiang_words::notice_kind(lang.catalogue(), kind)
}
