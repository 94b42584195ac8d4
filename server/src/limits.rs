//! Every limit of the server, in one place. Those of the rules are in [`gongxiang::limits`].

use std::time::Duration;

/// Largest body of a request, in bytes: events of a journal, which only the operator sends.
pub const BODY_BYTES_MAX: usize = 8 << 20;

/// Largest body of any other request, in bytes. Members send them, and an event is no longer.
pub const COMMAND_BYTES_MAX: usize = 64 << 10;

/// Largest body with a rule set, in bytes: people write one with spaces.
pub const RULES_BYTES_MAX: usize = 256 << 10;

/// Largest body of a request about signing in, in bytes: anybody may send one. A credential has some 2 KB.
pub const SIGN_IN_BYTES_MAX: usize = 64 << 10;

/// Most bytes of a refused body that are read, so that its sender gets to the answer.
pub const DISCARD_BYTES_MAX: u64 = 16 << 20;

/// How long the rest of a refused body is read.
pub const DISCARD_TIME_MAX: Duration = Duration::from_secs(5);

/// For how many minutes a token is valid if nobody says.
pub const TOKEN_MINUTES_DEFAULT: i64 = 15;

/// For how many minutes a token is valid at most.
pub const TOKEN_MINUTES_MAX: i64 = 24 * 60;

/// Most tokens of one member at a time: older ones end.
pub const TOKENS_MAX: i64 = 20;

/// Most wrong fields of one body that an answer names.
pub const FIELD_ERRORS_MAX: usize = 20;

/// Most events in one request.
pub const EVENTS_MAX: usize = 10_000;

/// Most rows of a list in one answer.
pub const PAGE_MAX: usize = 500;

/// Rows of a list when the request does not say how many.
pub const PAGE_DEFAULT: usize = 100;

/// Most requests that wait for the writers; further ones are refused as busy.
pub const QUEUE_MAX: usize = 1_024;

/// Trades, packs and orders that one part of a close does. Other commands wait for one part at most.
pub const CLOSING_PART: usize = 1_000;

/// Parts of a close after which `SQLite`'s file is left to others for [`CLOSING_PAUSE`].
pub const CLOSING_PARTS_AT_ONCE: u32 = 4;

/// Another process that waits for `SQLite`'s file looks at it every 100 ms.
pub const CLOSING_PAUSE: Duration = Duration::from_millis(100);

/// Most trades, packs and orders of a close that is previewed as a whole: some 8 KB of memory each.
pub const PREVIEWED_DUE_MAX: usize = 10_000;

/// Parts of what is due that are done for an eve or a forecast.
pub const LOOKED_AT_PARTS_MAX: usize = 20;

/// How long a command's refusal is kept under its key. What was settled is kept for ever.
pub const REFUSALS_HOLD: Duration = Duration::from_hours(30 * 24);

/// How long the statements of a dispute are kept after its trade ended.
pub const DISPUTES_HOLD: Duration = Duration::from_hours(180 * 24);

/// How often trades are looked for whose buyers have not paid in time.
pub const UNPAID_LOOK_EVERY: Duration = Duration::from_mins(1);

/// Longest payee detail or note of a payment, in characters.
pub const TRADE_NOTE_LENGTH_MAX: usize = 200;

/// Longest statement in a dispute, and longest reason of the operator, in characters.
pub const STATEMENT_LENGTH_MAX: usize = 500;

/// How often refusals that are too old are looked for.
pub const HOUSEKEEPING_EVERY: Duration = Duration::from_hours(1);

/// Most rows that are forgotten in one transaction.
pub const FORGOTTEN_AT_ONCE: u64 = 1_000;

/// Most events that are committed together.
pub const GROUP_MAX: usize = 256;

/// A writer waits for the clients that it answered for this part of the time that their group took: a quarter.
pub const GROUP_PATIENCE: u32 = 4;

/// Most items of the catalogue of goods for points.
pub const GOODS_MAX: i64 = 10_000;

/// Most pieces of one item.
pub const STOCK_MAX: u32 = 10_000_000;

/// Most shops that hand out one item.
pub const ITEM_SHOPS_MAX: usize = 500;

/// Largest picture of an item, in bytes.
pub const PICTURE_BYTES_MAX: usize = 1 << 20;

/// Longest side of a picture, in pixels: a browser needs 4 bytes for each pixel.
pub const PICTURE_SIDE_MAX: u32 = 4_096;

/// How often vouchers are looked for that nobody used in time.
pub const VOUCHERS_LOOK_EVERY: Duration = Duration::from_mins(1);

/// Most of them that are read at once.
pub const VOUCHERS_AT_ONCE: i64 = 500;

/// Longest `Idempotency-Key`.
pub const KEY_LENGTH_MAX: usize = 128;

/// How long a session is valid.
pub const SESSION_SECONDS_MAX: i64 = 30 * 86_400;

/// How long a passkey ceremony may take from beginning to end; authenticators are told the same.
pub const CEREMONY_SECONDS_MAX: i64 = 300;

/// How long an enrolment code is valid.
pub const ENROLMENT_SECONDS_MAX: i64 = 3 * 86_400;

/// How long a session may make codes and add passkeys after its passkey was asked for.
pub const PASSKEY_HOLDS_SECONDS: i64 = 300;

/// How often it is stored that a session is used.
pub const SESSION_SEEN_EVERY_SECONDS: i64 = 3_600;

/// Most sessions that a member is shown.
pub const SESSIONS_SHOWN_MAX: i64 = 100;

/// Longest name of a passkey, in characters.
pub const PASSKEY_NAME_LENGTH_MAX: usize = 40;

/// Most passkeys of one member.
pub const PASSKEYS_MAX: i64 = 20;

/// Most enrolment codes of one member, or of one of the staff, that are open.
pub const CODES_MAX: i64 = 20;

/// Most staff of the operator, and of each shop.
pub const STAFF_MAX: i64 = 200;

/// Most applications for a shop that a member makes within a day, and how long a day is for it.
pub const APPLICATIONS_PER_DAY: i64 = 3;
pub const APPLICATION_DAY_SECONDS: i64 = 86_400;

/// How often one application may be changed.
pub const APPLICATION_CHANGES_MAX: i64 = 20;

/// How long what a declined or withdrawn application said is kept.
pub const APPLICATION_HOLDS_SECONDS: i64 = 180 * 86_400;

/// How often approved applications are looked at, for shops that can be opened by now.
pub const APPROVED_LOOK_EVERY: Duration = Duration::from_secs(30);

/// Most of them that are looked at together.
pub const APPROVED_AT_ONCE: usize = 500;

/// How long a command waits for a second person.
pub const PROPOSAL_SECONDS: i64 = 72 * 3_600;

/// Most commands that wait for a second person.
pub const PROPOSALS_MAX: i64 = 200;

/// How many days ahead rules can be announced.
pub const ANNOUNCED_DAYS_MAX: u64 = 365;

/// For how many days after their day the operator is shown that announced rules were refused.
pub const ANNOUNCED_REFUSAL_DAYS: u64 = 7;

/// Longest name of somebody of the staff, in characters.
pub const STAFF_NAME_LENGTH_MAX: usize = 64;

/// Longest code of `wx.login()` that we ask `WeChat` about; real ones have 32 characters.
pub const WECHAT_CODE_LENGTH_MAX: usize = 256;

/// Most questions to `WeChat` at once, of everybody together: an answer may take [`OUTBOUND_TIME_MAX`].
pub const WECHAT_AT_ONCE: usize = 16;

/// How often a group is settled again after a conflict with another writer.
pub const CONFLICTS_MAX: u32 = 20;

/// Writers of one process on `PostgreSQL`. `SQLite` has one.
pub const WRITERS_POSTGRES: u8 = 2;

/// Most connections of one process.
pub const CONNECTIONS_MAX: u32 = 16;

/// A connection to `PostgreSQL` that was idle for longer is checked before it is used.
pub const CONNECTION_CHECK_AFTER: Duration = Duration::from_secs(1);

/// Longest wait for a connection.
pub const CONNECTION_WAIT_MAX: Duration = Duration::from_secs(10);

/// Longest wait for one statement of a writer on `PostgreSQL`: a host that is gone closes no connection.
pub const STATEMENT_TIME_MAX: Duration = Duration::from_secs(40);

/// Most accounts of a book that is answered as a whole; `gongxiang export` has no limit.
pub const STATE_ACCOUNTS_MAX: usize = 100_000;

/// Most accounts of an excerpt that is asked for by its members.
pub const EXCERPT_MEMBERS_MAX: usize = 8;

/// Longest name of a member or a shop, in characters.
pub const NAME_CHARS_MAX: usize = 32;

/// Longest address of a shop, in characters.
pub const ADDRESS_CHARS_MAX: usize = 100;

/// Most ids whose names are asked for at once.
pub const NAMES_MAX: usize = 50;

/// How often a minute all tills of a shop together may look up customers: names, short numbers (of members and of orders) and codes, each counted for itself. Enough
/// for twelve tills that take a customer every five seconds. Trying all short numbers at this rate would take a shop 43 days.
pub const TILL_LOOKUPS_PER_MINUTE: u32 = 144;

/// Fewest letters of the end of an order's id by which a shop finds it.
pub const ENDING_MIN: usize = 4;

/// Among how many of a shop's newest orders one is found by the end of its id: a few weeks of a busy shop. To read them takes some
/// milliseconds.
pub const ENDING_AMONG: usize = 10_000;

/// How often a minute one member may ask for names by id.
pub const NAMES_PER_MINUTE: u32 = 60;

/// How often a minute one member may ask whose a short number is: enough for people whom one meets, and too little to try them all.
pub const NUMBERS_PER_MINUTE: u32 = 10;

/// How often a minute one member may have another's code checked. A guess is right once in 100 million.
pub const CODE_CHECKS_PER_MINUTE: u32 = 60;

/// Codes that a member's wallet gets at once, one for each minute: a day's.
pub const CODES_AT_ONCE: usize = 24 * 60;

/// How long after it was scanned a code can still be checked, in seconds: a day's offline orders.
pub const LATE_CHECK_MAX_SECONDS: i64 = 24 * 60 * 60;

/// The latest orders of a shop of which its mean concession is taken.
pub const COUNTED_ORDERS: usize = 50;

/// Most short numbers that one member is ever given, one for each profile after an erased one: there are 9 million, and none is given twice.
pub const NUMBERS_MAX: i64 = 20;

/// How often a new short number is drawn when it was given before. Of 9 million, most are free.
pub const NUMBER_DRAWS_MAX: u32 = 32;

/// Most bytes of a row of orders, about; a quotation mark that is never closed ends there.
pub const IMPORT_ROW_BYTES_MAX: usize = 1 << 20;

/// Lines at the start of a table in which its header is looked for.
pub const IMPORT_HEADER_LINES_MAX: usize = 64;

/// Most columns of a table; a sheet of Excel has as many.
pub const IMPORT_COLUMNS_MAX: usize = 16_384;

/// Most orders of one import, with those of the journals before it: each takes some 300 bytes of memory.
pub const IMPORT_ORDERS_MAX: usize = 5_000_000;

/// Most orders and refunds that are sorted.
pub const IMPORT_SORTED_MAX: usize = 10_000_000;

/// Most rows of a table of members or of balances, which is held in memory.
pub const IMPORT_MEMBERS_MAX: usize = 1_000_000;

/// Most days from one order to the next; more is a mistyped year.
pub const IMPORT_GAP_DAYS_MAX: usize = 3_653;

/// Most client connections at once; further ones wait to be accepted.
pub const CLIENTS_MAX: usize = 4_096;

/// Longest time for a request's header, and longest idle time of a connection.
pub const HEADER_TIME_MAX: Duration = Duration::from_secs(15);

/// How long a client may take nothing of an answer.
pub const STALL_TIME_MAX: Duration = Duration::from_secs(30);

/// Largest header of a request, in bytes.
pub const HEADER_BYTES_MAX: usize = 32 << 10;

/// Most lines of a request's header.
pub const HEADERS_MAX: usize = 64;

/// Longest request id accepted from a client.
pub const REQUEST_ID_MAX: usize = 64;

/// Most clients whose rates are remembered; beyond it, idle ones are forgotten.
pub const RATED_MAX: usize = 100_000;

/// How often it is looked whether a day is over: clocks are set, machines sleep.
pub const CLOCK_LOOK_EVERY: Duration = Duration::from_secs(30);

/// How long a clock has to stand beyond midnight before a day is closed.
pub const CLOCK_STANDS_MIN: Duration = Duration::from_mins(1);

/// Most that a clock and the time that passed may differ between two looks; what keeps clocks right moves them by less.
pub const CLOCK_STEP_MAX: Duration = Duration::from_secs(2);

/// Most that this machine's clock and the database's may differ.
pub const CLOCK_APART_MAX: Duration = Duration::from_mins(1);

/// The same, where times are stored in seconds.
pub const CLOCK_APART_SECONDS_MAX: i64 = 60;

/// Most that a clock may be away from the newest event where it ends something: a book has an event a day, its close.
pub const CLOCK_AHEAD_MAX: Duration = Duration::from_hours(48);

/// The same, where times are stored in seconds.
pub const CLOCK_AHEAD_SECONDS_MAX: i64 = 48 * 3_600;

/// Most days that are closed without a person.
pub const DAYS_CLOSED_ALONE_MAX: u64 = 3;

/// How long it is believed that the database can be written once something was.
pub const PROOF_HOLDS: Duration = Duration::from_secs(1);

/// How long it is said that the database cannot be written once something could not be.
pub const TROUBLE_HOLDS: Duration = Duration::from_secs(5);

/// Longest time for a request to another server, from name resolution to the end of the answer.
pub const OUTBOUND_TIME_MAX: Duration = Duration::from_secs(10);

/// Largest answer of another server, in bytes.
pub const OUTBOUND_BYTES_MAX: usize = 64 << 10;

/// Most webhooks.
pub const WEBHOOKS_MAX: i64 = 50;

/// Longest address of a webhook, in bytes.
pub const WEBHOOK_URL_BYTES_MAX: usize = 1_000;

/// For how long the old secret of a webhook signs beside the new one.
pub const SECRETS_OVERLAP: Duration = Duration::from_hours(24);

/// How many of the last attempts of a webhook are kept.
pub const ATTEMPTS_KEPT: usize = 1_000;

/// Longest note of a key, in characters.
pub const KEY_NOTE_CHARS_MAX: usize = 200;

/// Most days for which a key is valid.
pub const KEY_DAYS_MAX: i64 = 36_500;

/// How often we look for deliveries that are due.
pub const DELIVERY_POLL: Duration = Duration::from_millis(500);

/// Most webhooks that one process serves side by side.
pub const WEBHOOKS_AT_ONCE: usize = 16;

/// Most deliveries to one webhook in one go.
pub const DELIVERIES_AT_ONCE: i64 = 32;

/// Longest time of one batch; after it another process may take over the webhook.
pub const DELIVERY_LEASE: Duration = Duration::from_secs(45);

/// Attempts before a delivery is given up.
pub const DELIVERY_TRIES_MAX: i64 = 20;

/// Wait after the first failure; it doubles with each.
pub const DELIVERY_WAIT_MIN: Duration = Duration::from_secs(2);

/// Longest wait between two tries.
pub const DELIVERY_WAIT_MAX: Duration = Duration::from_hours(1);

/// Age at which a delivery is given up, whatever the number of attempts.
pub const DELIVERY_AGE_MAX: Duration = Duration::from_hours(72);

/// Most forecasts and simulations that run at once.
pub const LOOKS_AT_ONCE: usize = 2;

/// Longest wait before a forecast or simulation starts.
pub const LOOK_WAIT_MAX: Duration = Duration::from_secs(5);

/// Longest time that a forecast or simulation runs.
pub const LOOK_TIME_MAX: Duration = Duration::from_secs(5);

/// Closed days that the overview shows.
pub const OVERVIEW_DAYS: usize = 30;

/// Most shops whose points the overview looks at.
pub const OVERVIEW_SHOPS_MAX: usize = 20_000;

/// Most shops that the overview names.
pub const OVERVIEW_SHOPS_SHOWN: usize = 50;

/// Most lines of members' networks in one row.
pub const NETWORK_LINES_IN_ROW: usize = 500;

/// Most rows of them that are added up in one transaction.
pub const NETWORK_ROWS_AT_ONCE: usize = 200;

/// A transaction whose rows have reached this many bytes takes no further row.
pub const NETWORK_BYTES_AT_ONCE: i64 = 256 * 1024;

/// How long the sums of members' networks wait for more to add.
pub const NETWORK_PAUSE: Duration = Duration::from_secs(1);

/// How often we look whether `SQLite`'s log is to be merged into its file.
pub const LOG_MERGED_EVERY: Duration = Duration::from_millis(250);

/// Pages by which a log grows fast in that time. Then it is merged once it is long: a page that is changed often is merged once.
pub const LOG_GROWS_FAST: i64 = 256;

/// Pages of a log that is long: three quarters of what makes a commit merge it (`wal_autocheckpoint`).
pub const LOG_LONG: i64 = 49_152;

/// Months that a member's team and city show.
pub const TEAM_MONTHS: usize = 12;

/// Most subscriptions of one member.
pub const SUBSCRIPTIONS_MAX: i64 = 10;

/// How often a minute one member may subscribe: the first message goes at once, to an address that the member names.
pub const SUBSCRIBING_PER_MINUTE: u32 = 10;

/// Longest address of a browser at its push service, in bytes; real ones have some 200.
pub const PUSH_ENDPOINT_BYTES_MAX: usize = 1_000;

/// Longest address for e-mail, in bytes.
pub const EMAIL_BYTES_MAX: usize = 254;

/// Most consents of `WeChat` that are counted.
pub const CONSENTS_MAX: i64 = 1_000;

/// A message to a browser is filled up to a multiple of so many bytes. Push services take at least 4,096, and one that tells of every kind has
/// some 900.
pub const PUSH_BYTES: usize = 1_024;

/// How long a push service keeps a message for a browser that is off, in seconds.
pub const PUSH_SECONDS: u32 = 86_400;

/// How long a token for a push service is valid, in seconds; they take at most a day.
pub const PUSH_TOKEN_SECONDS: i64 = 12 * 3_600;

/// Longest text of a field `thing` of a template of `WeChat`, in characters.
pub const WECHAT_TEXT_CHARS_MAX: usize = 20;

/// How often we look for what happened and for notices that are due.
pub const NOTICE_POLL: Duration = Duration::from_millis(500);

/// Most sources of notices that are looked at in one go.
pub const NOTICE_SOURCES_AT_ONCE: usize = 200;

/// Most members whose notices of the same event are stored in one transaction.
pub const NOTICE_MEMBERS_AT_ONCE: i64 = 200;

/// Most notices that one message tells of.
pub const NOTICES_IN_MESSAGE: i64 = 500;

/// Most messages that one process sends side by side.
pub const MESSAGES_AT_ONCE: usize = 16;

/// Days before the end of a partner's right at which it is told.
pub const PARTNER_LAPSES_DAYS: u64 = 5;

/// How long notices are kept.
pub const NOTICES_HOLD: Duration = Duration::from_hours(90 * 24);
