//! The whole state of a scheme: `apply(event) -> receipt`.
//!
//! An event is applied to a draft, which holds its changes above the book. If the event is refused, the draft is dropped, so
//! nothing changes. A preview drops its draft too, so a preview equals its settlement by construction.
//!
//! A file names only files in the rows below its own. `handlers` calls methods of `close`, `refund` and `standing` without naming
//! these files, because each of them adds methods to `Draft`.
//!
//! | files |
//! |---|
//! | `settling`: an event, settled or previewed; `eve`: the open day just before its release |
//! | `close`: the day's close; `refund`: refunds of orders |
//! | `handlers`: orders, transfers, offers, trades, rules; `standing`: members |
//! | `draft`: a book with changes above it |
//! | `changes`: what an event changes; `excerpt`: a part of a book; `view`: the state of RULES.md section 9 |
//! | `tables`: the book itself; `outcome`: the answers to an event; `flow`: what everyday events add to the head |
//! | `account`, `head`, `record`: the rows; `id_map`: values by id |

mod account;
mod changes;
mod close;
mod draft;
mod eve;
mod excerpt;
mod flow;
mod handlers;
mod head;
mod id_map;
mod outcome;
mod record;
mod refund;
mod settling;
mod standing;
mod tables;
mod view;

pub use account::{Account, AccountState};
pub use eve::{Eve, MEAN_DAYS, SoFar};
pub use excerpt::Excerpt;
pub use flow::Flow;
pub use head::{Head, Supply};
pub use outcome::{ChangedRows, Outcome, Settlement};
pub use record::DayRecord;
pub use tables::Book;
pub use view::{ReleaseState, State};
