//! The rules in force; and at the desk new ones: the form, the red flags, and a backtest.

fn main() {
    gongxiang_www::show_rules();
}
