//! The migrations and the wallet are compiled in; without this new ones would not be noticed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // A debug build reads the wallet's files as it runs.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../www/dist");
    }
}
