//! The rules in force.

use super::{Words, words};

words! {
    TITLE "现行规则" "Rules in force"
    NOTE "每条规则的数值和示例均由结算引擎按现行规则算出。" "Every number and example here is computed by the engine from the rules in force."
    FROM "自" "From"
    OTHERS_HOLD "起执行新规则" "other rules hold"
    OTHERS_NOTE "在此之前，现行规则不变。" "Until then the rules in force stay as they are."
    WITHDRAWN "预告的新规则已撤回，现行规则不变。原定生效日期：" "The announced rules were withdrawn. The rules in force don’t change. Planned first day:"
    NOT_ADOPTED "预告的新规则不会生效，现行规则不变。原定生效日期：" "The announced rules will not take effect. The rules in force don’t change. Planned first day:"
    SINCE "生效日期" "In force since"
    HASH "规则指纹（SHA-256）" "Fingerprint of the rules (SHA-256)"
    PRICED "示例按此日价格计算" "Examples use the price of"
    EXAMPLE "示例" "Example"
    FLAGS "风险提示" "Red flags"
    FLAGS_NOTE "以下为现行规则触发的风险项，非法律意见。" "What these rules raise with a reviewer of such schemes. This is not legal advice."
    CLEANER "更稳妥的做法：" "Cleaner: "
    PRINT "打印或存为 PDF" "Print or save as PDF"
}
