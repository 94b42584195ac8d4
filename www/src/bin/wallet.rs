//! The wallet of a member.

fn main() {
    gongxiang_www::show_wallet();
}
