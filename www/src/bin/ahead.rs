//! A member's forecast and notices, and the simulator at the desk.

fn main() {
    gongxiang_www::show_ahead();
}
