//! What looks ahead: a member's forecast, and the simulator at the desk.

fn main() {
    gongxiang_www::show_ahead();
}
