//! The shop, for whoever works in it.

fn main() {
    gongxiang_www::show_shop();
}
