//! What the rules say, in words: kinds of income, codes, assets, parties, and formulas.

use gongxiang::event::Code;
use gongxiang::quantity::DecimalError;
use gongxiang::receipt::{Class, RewardKind};

use super::{Words, both};
use crate::figure::grouped;
use crate::lang::Lang;

/// What an income is called.
pub const fn kind(kind: RewardKind) -> Words {
    match kind {
        RewardKind::Consumption => both!("消费", "Own purchase"),
        RewardKind::Sale => both!("销售", "Own sale"),
        RewardKind::ShareOnline => both!("线上分享", "Shared online"),
        RewardKind::ShareOffline => both!("线下分享", "Shared in the shop"),
        RewardKind::MerchantShare => both!("推荐门店", "Recommended merchant"),
        RewardKind::Service => both!("服务团队", "Service team"),
        RewardKind::Area => both!("区域合伙人", "Area partner"),
    }
}

/// A class of income: its name for styles and tests, and the word.
pub const fn class(class: Class) -> (&'static str, Words) {
    match class {
        Class::Static => ("static", both!("静态", "static")),
        Class::Own => ("own", both!("自身", "own")),
        Class::Dynamic => ("dynamic", both!("动态", "dynamic")),
    }
}

/// What a rule is called, by its name in receipts; the name itself where it is a newer server's.
pub fn rule(lang: Lang, name: &str) -> String {
    let words = match name {
        "sign_up" => both!("注册赠送", "Sign-up gift"),
        "sign_up_referrer" => both!("推荐激活", "A recommended member activated"),
        "activation" => both!("激活解锁", "Unlocked by activation"),
        "pack" => both!("礼包", "Gift pack"),
        "treasury" => both!("平台发放", "From the platform"),
        "concession" => both!("订单让利", "Concession of an order"),
        "consumption" => kind(RewardKind::Consumption),
        "sale" => kind(RewardKind::Sale),
        "share_online" => kind(RewardKind::ShareOnline),
        "share_offline" => kind(RewardKind::ShareOffline),
        "merchant_share" => kind(RewardKind::MerchantShare),
        "service" => kind(RewardKind::Service),
        "area" => kind(RewardKind::Area),
        "burn" => both!("销毁", "Burned"),
        "refund" => both!("退款", "Refund"),
        "transfer" => both!("转让", "Transfer"),
        "redemption" => both!("兑换", "Redemption"),
        "offer" => both!("挂单", "Offer"),
        "trade" => both!("成交", "Trade"),
        "release" => both!("每日释放", "Daily release"),
        _ => return name.to_owned(),
    };
    words.of(lang).to_owned()
}

/// What an asset is called, by its name in receipts.
pub fn asset(name: &str) -> Words {
    match name {
        "share_value" => both!("共享值", "share value"),
        "locked" => both!("锁定共享值", "locked share value"),
        _ => both!("共享积分", "points"),
    }
}

/// Who gives or gets, as receipts write it: `member ann`, `escrow`.
pub fn party(lang: Lang, name: &str) -> String {
    let words = match name {
        "pool" => both!("释放池", "release pool"),
        "escrow" => both!("托管", "escrow"),
        "treasury" => both!("平台", "treasury"),
        "burned" => both!("销毁", "burned"),
        "issuance" => both!("发行", "issuance"),
        _ => return name.strip_prefix("member ").unwrap_or(name).to_owned(),
    };
    words.of(lang).to_owned()
}

/// What is wrong with a decimal that was typed.
pub const fn decimal_error(error: DecimalError) -> Words {
    match error {
        DecimalError::Grammar => both!(
            "请输入普通数字，例如 12.50 或 1,234.5：不含指数，小数点前须有数字。",
            "Write plain digits such as 12.50 or 1,234.5: no exponent, a digit before the point.",
        ),
        DecimalError::Places { max: 2 } => both!("最多两位小数。", "At most two decimal places."),
        DecimalError::Places { .. } => both!("最多八位小数。", "At most eight decimal places."),
        DecimalError::TooLarge => both!("最大为 1,000,000,000,000。", "At most 1,000,000,000,000."),
        DecimalError::Negative => both!("不能为负数。", "Must not be negative."),
    }
}

/// What a refusal means.
pub const fn code(code: Code) -> Words {
    match code {
        Code::UnknownMember => both!("没有此编号的会员。", "No member has this id."),
        Code::SelfDealing => both!("不能与自己交易。", "Nobody can trade with themselves."),
        Code::SameMember => both!("不能转让给自己。", "Points cannot be transferred to oneself."),
        Code::NotAMerchant => both!("该会员没有开店。", "This member has no shop."),
        Code::BadAmount => both!("数量必须大于 0。", "The amount must be above 0."),
        Code::BadConcession => {
            both!("让利额必须大于 0，且不超过订单金额。", "The concession must be above 0 and at most the amount.")
        }
        Code::MerchantPointsShort => both!(
            "商家的共享积分少于让利额今日等值的积分，无法接受此订单。",
            "The merchant has fewer points than the concession is worth today, so it can take no such order.",
        ),
        Code::PointsShort => both!("共享积分不足。", "There are not enough points for this."),
        Code::PriceOutsideBand => {
            both!("单价超出当日价格允许的范围。", "The unit price is too far from the price of the day.")
        }
        Code::OfferShort => both!("此挂单剩余的积分不足。", "The offer has fewer points left than this."),
        Code::OfferClosed => both!("此挂单已撤销。", "This offer was cancelled."),
        Code::WrongTradeState => {
            both!("此成交当前的状态不允许这样做。", "The trade is in a state that does not allow this.")
        }
        Code::OrderRefunded => both!("此订单已退款。", "This order was refunded already."),
        Code::UnknownOrder => both!("没有此编号的订单。", "No order has this id."),
        Code::WrongDay => both!("这不是当前开放的日期。", "This is not the open day."),
        Code::BadPrice => both!("价格必须大于 0。", "The price must be above 0."),
        Code::BadRules => both!("此规则集不成立。", "This rule set is not sound."),
        Code::OutOfRange => both!("结果过大，无法精确保存。", "The result is too large to be kept exactly."),
        other => Words(other.sentence()),
    }
}

/// Phrases of formulas, longest first where one is part of another.
const PHRASES: [(&str, &str); 20] = [
    ("gift for signing up, until the first pack", "注册赠送，首个礼包前锁定"),
    ("sold or given by the platform", "平台出售或发放"),
    ("unlocked by the first pack", "首个礼包解锁"),
    ("refund before vesting of", "到账前退款"),
    ("points per unit", "积分/份"),
    ("the day's release", "当日释放"),
    ("released until", "累计释放至"),
    ("cancelled offer", "撤销挂单"),
    ("cancelled trade", "取消成交"),
    ("activation of", "激活会员"),
    ("refund of", "退款"),
    ("order points", "订单积分"),
    ("pack price", "礼包价"),
    ("consumption", "买家所得共享值"),
    ("concession", "让利额"),
    ("transferred", "转让"),
    ("redeemed", "兑换"),
    ("rewards", "奖励"),
    ("units", "份额"),
    ("price", "价格"),
];

/// A formula of the rules, with grouped digits and in the reader's language.
pub fn reason(lang: Lang, formula: &str) -> String {
    let mut text = formula.to_owned();
    // What is about an offer, a trade or an order ends in its id, which may look like any word.
    let id_at = ["activation of ", "offer ", "trade ", "refund of ", "vesting of "]
        .iter()
        .find_map(|start| text.find(start).map(|at| at + start.len()));
    let id = id_at.map(|at| text.split_off(at)).unwrap_or_default();
    if lang == Lang::Zh {
        for (en, zh) in PHRASES {
            text = text.replace(en, zh);
        }
        text = match text.trim_end() {
            "offer" => "挂单 ".into(),
            "trade" => "成交 ".into(),
            _ => text,
        };
    } else {
        text = text.replace("consumption", "buyer’s share value");
    }
    let words: Vec<_> = text.split(' ').map(group_word).collect();
    words.join(" ") + &id
}

/// Groups a word that is a decimal, brackets around it aside.
fn group_word(word: &str) -> String {
    let digits = word.trim_matches(['(', ')']);
    let is_decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_decimal { word.replace(digits, &grouped(digits)) } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_grouped_and_translated_and_an_id_is_left_alone() {
        for (formula, zh, en) in [
            ("10 × concession 12345.00", "10 × 让利额 12,345.00", "10 × concession 12,345.00"),
            (
                "(0.15 − 0.1) × consumption 1000",
                "(0.15 − 0.1) × 买家所得共享值 1,000",
                "(0.15 − 0.1) × buyer’s share value 1,000",
            ),
            ("trade price", "成交 price", "trade price"),
            ("refund of units", "退款 units", "refund of units"),
        ] {
            assert_eq!(reason(Lang::Zh, formula), zh);
            assert_eq!(reason(Lang::En, formula), en);
        }
    }
}
