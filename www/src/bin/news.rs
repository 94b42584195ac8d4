//! What a member is told: notices, its team and its city.

fn main() {
    gongxiang_www::show_news();
}
