//! Getting in: signing in, registering, and the account of who is signed in.

fn main() {
    gongxiang_www::show_account();
}
