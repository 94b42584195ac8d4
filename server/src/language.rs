//! The words of tables and reports, in both languages.

use clap::ValueEnum;

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// 简体中文.
    #[value(name = "zh-CN", alias = "zh")]
    Chinese,
    /// English.
    #[value(name = "en")]
    English,
}

/// Key, 简体中文, English.
const WORDS: [(&str, &str, &str); 73] = [
    ("day", "天", "day"),
    ("members", "会员数", "members"),
    ("turnover", "让利额（元）", "turnover, yuan"),
    ("price", "价格（元）", "price, yuan"),
    ("clearing", "出清价（元）", "clearing price"),
    ("gap", "价格÷出清价", "price ÷ clearing"),
    ("released", "释放积分", "released"),
    ("total", "全网共享值", "total share value"),
    ("release_yield", "释放率", "release yield"),
    ("circulation", "流通积分", "circulation"),
    ("worth", "价值（元）", "worth, yuan"),
    ("offered", "新出售积分", "offered"),
    ("used", "订单所用积分", "used by orders"),
    ("refused", "拒单比例", "refused"),
    ("coverage", "覆盖率", "coverage"),
    ("from_day", "加入日起", "joined from day"),
    ("promised", "承诺共享值", "promised"),
    ("left", "剩余共享值", "left"),
    ("points", "积分", "points"),
    ("cash", "变现（元）", "cash, yuan"),
    ("kept", "持有积分", "kept"),
    ("came_back", "实得÷承诺", "came back ÷ promised"),
    ("after", "天数之后", "after days"),
    ("closed_law", "闭式规律", "closed law"),
    ("worth_then", "当日价值（元）", "worth then"),
    ("minted", "发放共享值", "minted"),
    ("converted", "已转换共享值", "converted"),
    ("held", "持有共享值", "held"),
    ("issued", "已发行积分", "issued"),
    ("burned", "已销毁积分", "burned"),
    ("treasury", "平台积分", "treasury"),
    ("escrow", "托管积分", "escrow"),
    ("circulating", "流通积分合计", "circulating"),
    ("last_release", "最后释放日", "last release, day"),
    ("last_order", "最后成交日", "last order, day"),
    ("early_late", "早到÷晚到", "early ÷ late"),
    ("gini", "基尼系数", "Gini coefficient"),
    ("wash_paid", "自买自卖成本（元）", "wash trade paid, yuan"),
    ("wash_points", "自买自卖所得积分", "wash trade points"),
    ("wash_worth", "自买自卖所得（元）", "wash trade worth, yuan"),
    ("farm_paid", "刷号成本（元）", "farming paid, yuan"),
    ("farm_worth", "刷号所得（元）", "farming worth, yuan"),
    ("mix.minted", "每元让利发放共享值 k", "share value per yuan of concession, k"),
    ("mix.burned", "销毁比例 q", "part burned, q"),
    ("income.packs", "收入：会员礼包（元）", "income: member packs, yuan"),
    ("income.merchant_packs", "收入：商家礼包（元）", "income: merchant packs, yuan"),
    ("income.area_packs", "收入：区域礼包（元）", "income: area packs, yuan"),
    ("income.deposits", "收入：保证金积分（元）", "income: points for deposits, yuan"),
    ("income.points", "收入：订单积分（元）", "income: points for orders, yuan"),
    ("income.joining", "收入中来自加入的部分", "part of the income that comes from joining"),
    (
        "no_flag",
        "未触发警示。这不表示该方案可以运营。",
        "no flag raised. This does not say that the scheme may be run.",
    ),
    (
        "sources_note",
        "来源于 2026 年 11 月查阅的律所、新闻和社区文本，未核对公报；不是法律意见。",
        "Sources were read in law-firm, news and community copies in November 2026, not in the gazettes. Not legal advice.",
    ),
    ("red", "红色", "red"),
    ("high", "高", "high"),
    ("notice", "提示", "notice"),
    ("report", "经济推演", "What the numbers do"),
    ("rules_used", "规则", "rules"),
    ("section.price", "价格与出清价", "Price and clearing price"),
    ("section.turnover", "每日让利额", "Turnover a day"),
    ("section.total", "全网共享值", "Share value of all"),
    ("section.release_yield", "每日释放率", "Release yield a day"),
    ("section.worth", "流通积分的账面价值", "Points in circulation at the day's price"),
    ("section.coverage", "覆盖率与拒单比例", "Coverage and refused orders"),
    ("section.came_back", "各批会员：实得÷承诺", "By cohort: what came back ÷ what was promised"),
    ("cohorts", "各批会员", "Cohorts"),
    ("probes", "1000 共享值后来怎样", "What became of 1000 share value"),
    ("totals", "合计", "In total"),
    ("days", "部分日期", "Some days"),
    ("findings", "账面警示", "Flags of the books"),
    (
        "assumes",
        "这是在所列假设下的推演，不是承诺；换一个假设就是另一个结果。",
        "Worked out under the assumptions that are named. Not a promise: another assumption gives another result.",
    ),
    (
        "happened",
        "这是账上真实发生的数字；过去不说明以后。",
        "What really happened in this journal. The past does not say what comes.",
    ),
    ("figure", "项目", "figure"),
    ("value", "数值", "value"),
];

impl Language {
    /// A word in this language; itself if it has none.
    #[must_use]
    pub fn name(self, key: &str) -> String {
        let word = WORDS.iter().find(|(known, ..)| *known == key);
        word.map_or(key, |(_, zh, en)| if self == Self::Chinese { zh } else { en }).to_owned()
    }

    /// Between a heading and what follows.
    #[must_use]
    pub const fn colon(self) -> &'static str {
        match self {
            Self::Chinese => "：",
            Self::English => ": ",
        }
    }

    /// What stands before and after the number of a day.
    #[must_use]
    pub const fn around_day(self) -> (&'static str, &'static str) {
        match self {
            Self::Chinese => ("第 ", " 天"),
            Self::English => ("day ", ""),
        }
    }

    /// Its key in the texts of the flags.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// Its tag in HTML: without it, Chinese is drawn in Japanese shapes.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}
