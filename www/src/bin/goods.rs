//! Goods for points: a member's, the counter's and the desk's screen of them.

fn main() {
    gongxiang_www::show_goods();
}
