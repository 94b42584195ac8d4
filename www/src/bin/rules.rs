//! New rules at the desk: the form, the red flags, and a backtest.

fn main() {
    gongxiang_www::show_rules();
}
