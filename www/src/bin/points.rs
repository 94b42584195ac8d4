//! Moving and trading points, and a member's own orders.

fn main() {
    gongxiang_www::show_points();
}
