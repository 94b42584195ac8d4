//! What is to come, and a member’s own orders.

use super::{Words, words};

words! {
    TO_COME "待到账" "Pending"
    TO_COME_NOTE "到账日日结时发放，订单退款则不发放。" "Paid out at that day’s close. A refund cancels it."
    TONIGHT "今晚" "tonight"
    MY_ORDERS "我的订单" "My orders"
    ORDER "订单详情" "Order details"
    NONE "暂无订单" "No orders yet"
    NOT_FOUND "未找到此订单" "Order not found"
    NUMBER "订单号" "Order number"
    SHOW_CODE "退货出示订单码" "Code for the counter"
    SHOW_CODE_NOTE "退货时请店员扫码，或报订单号。" "To return goods, let the cashier scan it, or say the order number."
    PLACED "下单日期" "Placed on"
    PENDING "待到账" "Pending"
    VESTED "已到账" "Paid out"
    REFUNDED "已退款" "Refunded"
    PART_REFUNDED "部分退款" "Partly refunded"
    YOU_GET "您获得" "You get"
    NO_REWARD "下单时账户未激活，此订单没有奖励。" "No rewards: you weren’t activated when you placed this order."
    ARRIVES "预计到账" "Expected on"
    ARRIVED "到账日期" "Paid out on"
    REFUND_LEFT "剩余让利额" "Concession left"
}
