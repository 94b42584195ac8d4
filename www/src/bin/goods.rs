//! Goods for points: the screens of a member, of the counter and of the desk.

fn main() {
    gongxiang_www::show_goods();
}
