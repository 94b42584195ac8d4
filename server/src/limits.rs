//! Every limit of the server, in one place. Those of the rules are in [`gongxiang::limits`].

use std::time::Duration;

/// Largest body of a request, in bytes.
pub const BODY_BYTES_MAX: usize = 8 << 20;

/// Most events in one request.
pub const EVENTS_MAX: usize = 10_000;

/// Longest time from a request's header to its answer's.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);

/// Most lines of a list in one answer.
pub const PAGE_MAX: usize = 500;

/// Lines of a list where the request does not say how many.
pub const PAGE_DEFAULT: usize = 100;

/// Most requests that wait for the writer; the next one is told to come again.
pub const QUEUE_MAX: usize = 1_024;

/// Most requests that are committed together.
pub const GROUP_MAX: usize = 256;

/// Most bytes of a row of orders, about; a quotation mark that is never closed ends there.
pub const IMPORT_ROW_BYTES_MAX: usize = 1 << 20;

/// Most days from one order to the next; more is a mistyped year.
pub const IMPORT_GAP_DAYS_MAX: usize = 3_653;
