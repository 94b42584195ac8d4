//! The form of a rule set. The names and units of its values are in the catalogue.

use super::{Words, words};

words! {
    YES "是" "yes"
    NO "否" "no"
    NOW "现行" "now"
    CHANGED "项已修改" "changed"
    SEED "初始方案" "seed"
    OF_DOCUMENT "方案文件规定" "from the scheme’s document"
    OF_SIBLINGS "参照同类方案" "from similar schemes"
    OURS "本软件的假设" "our assumption"
    MUST "应填：" "Enter: "
    BAD_KEY "有误的项目：" "Not valid:"
    SUM_TOO_HIGH "到店订单的各项积分比例合计不能超过 1" "The parts of an in-store order’s points can’t sum to more than 1"
    AS_TEXT "增加或取消礼包、身份" "Add or remove packs and roles"
    CHANGES "修改内容（JSON）" "Changes, as JSON"
    NO_JSON "无法识别：" "Can’t be read:"
}
