//! The summary at the top of the sheet.

use super::{Words, words};

words! {
    TO "转给" "To"
    ITEM "兑换项目" "Item"
    WORTH "约合" "Worth now"
    AFTER "操作后余额" "Balance after"
    ARRIVES "到账时间" "Arrives"
    FEE "手续费" "Fee"
    NO_FEE "无" "None"
    AT_ONCE "立即到账" "At once"
    YOU_PAY "您支付" "You pay"
    REWARDS_ON "奖励到账日" "Rewards arrive on"
    SHOP_GETS_BACK "退回商家" "Back to the shop"
    AT_MOST_BACK "最多退回商家" "Back to the shop, at most"
    AT_LEAST_LOST "至少不退回的积分" "Points that don’t come back, at least"
    NEW_MEMBER "新会员" "New member"
    REFERRER "推荐人（注册后不可更改）" "Referrer (for good)"
    NOT_RECOVERED "无法追回（已被使用）" "Can’t be recovered (already spent)"
    NOW "现价" "Current price"
    RELEASED "本次释放" "Released"
    VESTING "到账订单" "Orders paid out"
    NEXT_PRICE "积分价格" "Price per point"
    DETAILS "明细" "Details"
}
