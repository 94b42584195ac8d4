//! Signing in, registering, and the account of the member who is signed in.

fn main() {
    gongxiang_www::show_account();
}
