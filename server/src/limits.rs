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

/// Most events that are committed together.
pub const GROUP_MAX: usize = 256;

/// Longest `Idempotency-Key`.
pub const KEY_LENGTH_MAX: usize = 128;

/// How long a session holds.
pub const SESSION_SECONDS_MAX: i64 = 30 * 86_400;

/// How often a group is settled again because another writer was faster.
pub const CONFLICTS_MAX: u32 = 20;

/// Writers of one process on `PostgreSQL`. `SQLite` has one.
pub const WRITERS_POSTGRES: u8 = 2;

/// Most connections of one process.
pub const CONNECTIONS_MAX: u32 = 16;

/// Longest wait for a connection.
pub const CONNECTION_WAIT_MAX: Duration = Duration::from_secs(10);

/// Most accounts of a book that is answered as a whole; `gongxiang export` has no limit.
pub const STATE_ACCOUNTS_MAX: usize = 100_000;
/// Most bytes of a row of orders, about; a quotation mark that is never closed ends there.
pub const IMPORT_ROW_BYTES_MAX: usize = 1 << 20;

/// Most days from one order to the next; more is a mistyped year.
pub const IMPORT_GAP_DAYS_MAX: usize = 3_653;
