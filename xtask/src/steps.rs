//! The progress that a person sees: one line for each step with its time, and a table after a long task.

use std::fmt;
use std::io::{IsTerminal as _, Write as _, stdout};
use std::time::{Duration, Instant};

use anyhow::Result;

/// The steps taken so far.
#[derive(Default)]
pub struct Steps {
    taken: Vec<Step>,
}

struct Step {
    title: String,
    outcome: StepOutcome,
    time: Duration,
}

#[derive(Clone, Copy, PartialEq)]
enum StepOutcome {
    Done,
    Already,
    Failed,
}

impl Steps {
    /// Runs a short step that prints nothing itself. Its line appears when it ends.
    pub fn quiet<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        // A terminal shows the running step and overwrites the line; a log gets only the finished line.
        if stdout().is_terminal() {
            print!("  … {title}");
            let _ = stdout().flush();
        }
        let result = self.time(title, work);
        if stdout().is_terminal() {
            print!("\r\x1b[2K");
        }
        self.print_last();
        result
    }

    /// Runs a longer step whose programs print their own progress: a line before, and one after.
    pub fn loud<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("  … {title}");
        let result = self.time(title, work);
        self.print_last();
        result
    }

    /// Notes a step that was skipped, and why.
    pub fn already(&mut self, title: &str, why: impl fmt::Display) {
        println!("  = {title}: {why}");
        self.taken.push(Step { title: title.to_owned(), outcome: StepOutcome::Already, time: Duration::ZERO });
    }

    /// Prints all steps with their times, at the end of a long task.
    pub fn print_table(&self) {
        println!();
        for step in &self.taken {
            println!("{step}");
        }
        let total = self.taken.iter().map(|step| step.time).sum();
        println!("    {:<52} {:>10}", "together", in_words(total));
    }

    fn time<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let start = Instant::now();
        let result = work();
        let outcome = if result.is_ok() { StepOutcome::Done } else { StepOutcome::Failed };
        self.taken.push(Step { title: title.to_owned(), outcome, time: start.elapsed() });
        result
    }

    fn print_last(&self) {
        if let Some(step) = self.taken.last() {
            println!("{step}");
        }
    }
}

/// A remark below a step.
pub fn note(text: impl fmt::Display) {
    println!("    {text}");
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.outcome {
            StepOutcome::Done => '✓',
            StepOutcome::Already => '=',
            StepOutcome::Failed => '✗',
        };
        write!(f, "  {mark} {:<52} {:>10}", self.title, in_words(self.time))
    }
}

/// `0.4 s`, `12.3 s`, `2 min 05 s`.
fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds}.{} s", time.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}
