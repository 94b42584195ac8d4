//! The whole state of a scheme: `apply(event) -> receipt`.
//!
//! An event is applied to a draft laid over the book. A refused event leaves no trace. A preview is a draft that is dropped, so
//! a preview equals its settlement by construction.
//!
//! A file knows only files below it:
//!
//! | floor | files |
//! |---|---|
//! | 4 | `settling`: an event, settled or previewed; `eve`: the open day just before its release; `view`: the state as others see it |
//! | 3 | `close`: the day's close; `refund`: refunds of orders |
//! | 2 | `handlers`: orders, transfers, offers and trades; `standing`: members |
//! | 1 | `draft`: changes laid over a book; `changes`; `excerpt`: a part of a book; `outcome`: the answers |
//! | 0 | `tables`: the book; `account`, `head`, `record`: its rows; `id_map`; `flow`: what everyday events add to the head |

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
