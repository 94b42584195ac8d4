//! What the program says of itself: completions for shells, and pages for `man`.

use std::fs;

use crate::support::{Folder, TestResult, gongxiang};

#[test]
fn completions_and_pages_name_every_command() -> TestResult {
    let folder = Folder::new()?;
    let pages = folder.path("man1");
    gongxiang(&["man", pages.to_str().ok_or("no text")?])?;
    let help = gongxiang(&["--help"])?;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() > 15 && commands.contains(&"serve"), "{commands:?}");
    for command in &commands {
        let page = fs::read_to_string(pages.join(format!("gongxiang-{command}.1")))?;
        assert!(page.contains(".SH"), "{command}");
    }
    assert!(fs::read_to_string(pages.join("gongxiang.1"))?.contains("serve"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let completions = gongxiang(&["completions", shell])?;
        for command in &commands {
            assert!(completions.contains(command), "{shell} does not complete `{command}`");
        }
    }
    Ok(())
}
