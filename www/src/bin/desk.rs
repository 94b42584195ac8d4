//! The desk of the operator.

fn main() {
    gongxiang_www::show_desk();
}
