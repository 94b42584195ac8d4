//! The rules and the simulator at the desk.

fn main() {
    gongxiang_www::show_rules();
}
