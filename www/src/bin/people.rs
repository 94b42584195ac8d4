//! Members and staff at the desk.

fn main() {
    gongxiang_www::show_people();
}
