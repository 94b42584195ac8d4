//! The people as whom a demo lets visitors sign in.

use super::{Words, words};

words! {
    TITLE "体验账号" "People to try"
    MEMBER "会员" "Member"
    MEMBER_TRY "查看昨日收益和今晚预计到账，或转赠积分。" "See yesterday’s earnings and what is expected tonight, or send points."
    BUYER "买家" "Buyer"
    BUYER_TRY "查看待到账的订单，到账日和奖励一目了然。" "See orders that are pending, when their rewards arrive and how much."
    SHOP "商家" "Shop owner"
    SHOP_TRY "在收银台录入一笔订单，或为订单退款。" "Enter an order at the counter, or refund one."
    CASHIER "收银员" "Cashier"
    CASHIER_TRY "用店员身份登录，只能录入订单和退款。" "Sign in as shop staff, who can only enter and refund orders."
    ROLE "服务身份" "Service role"
    ROLE_TRY "查看团队订单带来的服务奖励。" "See what the orders of the team bring."
    PARTNER "区域合伙人" "Area partner"
    PARTNER_TRY "在明细中查看本市到店订单的分成。" "See in the statement what in-store orders of the city bring."
    CLERK "客服" "Clerk"
    CLERK_TRY "查看会员，但不能调价、发放积分或日结。" "Look up members, but no price, no treasury and no closing of days."
    OPERATOR "运营方" "Operator"
    OPERATOR_TRY "查看全网数据，试算规则，或执行日结。" "See the network’s figures, try out rules, or close the day."
}
