//! What is to come: a member's forecast and its notices, and the simulator at the desk.

fn main() {
    gongxiang_www::show_ahead();
}
