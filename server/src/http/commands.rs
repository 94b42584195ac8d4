//! The commands: everything that can be done over HTTP apart from sending whole journals.
//!
//! A command is one event of the rules. Some of its fields come from the address, some from the body, and some from the
//! server itself. The routes, the checks and the `OpenAPI` document are made from this one list, which follows from the
//! contract's table of events.

use std::sync::LazyLock;

use gongxiang::event::{Format, Kind};
pub use gongxiang::wire::command::Who;
use gongxiang::wire::command::{in_path, made, path, title, who};

/// A field of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub format: BodyFormat,
    /// Whether it has to be there.
    pub required: bool,
}

/// What a field of a body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// A field of the event.
    Event(Format),
    /// The id of this in a system of the sender's own.
    Reference,
    /// A list of codes of red flags: what is accepted with the command, no field of its event.
    Flags,
    /// The fingerprint of the rules that the command changes, no field of its event.
    Fingerprint,
    /// The first day on which it holds, no field of its event.
    Begins,
    /// A text for people, no field of its event.
    Text,
}

/// One command.
#[derive(Clone, Debug)]
pub struct Command {
    /// The event's type.
    pub kind: Kind,
    /// Its address; a name in braces is a field of the event.
    pub path: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Who may.
    pub who: Who,
    /// The id that the server makes, and how it begins. Only the operator may say one.
    pub made: Option<(&'static str, &'static str)>,
    /// The body.
    pub fields: Vec<Field>,
}

/// Why the operator confirms or cancels a trade.
pub const REASON: &str = "reason";

/// All commands.
pub static COMMANDS: LazyLock<Vec<Command>> = LazyLock::new(|| Kind::ALL.iter().copied().map(Command::of).collect());

impl Command {
    /// The command of an event.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        let (path, who, made) = (path(kind), who(kind), made(kind));
        let in_body = |name| in_path(path).all(|other| other != name) && made.is_none_or(|(made, _)| made != name);
        // Who speaks for itself may leave its name out.
        let speaker = match who {
            Who::Own(field) => Some(field),
            Who::Merchant => Some("merchant"),
            _ => None,
        };
        let fields = kind.fields().into_iter().filter(|field| in_body(field.name));
        let fields = fields.map(|field| Field {
            name: field.name,
            format: BodyFormat::Event(field.format),
            required: !field.is_optional && speaker != Some(field.name),
        });
        let fields = fields.chain(added(kind).iter().copied()).collect();
        Self { kind, path, title: title(kind), who, made, fields }
    }

    /// The names in braces.
    pub fn in_path(&self) -> impl Iterator<Item = &'static str> + use<> {
        in_path(self.path)
    }

    /// Whether its body may have this field.
    #[must_use]
    pub fn has_in_body(&self, field: &str) -> bool {
        self.made.is_some_and(|(made, _)| made == field) || self.fields.iter().any(|known| known.name == field)
    }

    /// Whether its event has this field.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.has_in_body(field) || self.in_path().any(|name| name == field)
    }
}

/// What a body may have beside the fields of its event.
const fn added(kind: Kind) -> &'static [Field] {
    const fn field(name: &'static str, format: BodyFormat) -> Field {
        Field { name, format, required: false }
    }
    match kind {
        Kind::OrderPlaced => const { &[field("reference", BodyFormat::Reference)] },
        Kind::RulesAdopted => {
            const {
                &[
                    field("accept_flags", BodyFormat::Flags),
                    field("based_on", BodyFormat::Fingerprint),
                    field("from", BodyFormat::Begins),
                ]
            }
        }
        Kind::TradeConfirmed | Kind::TradeCancelled => const { &[field(REASON, BodyFormat::Text)] },
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use gongxiang::tree::Tree;
    use gongxiang::wire;

    use super::*;
    use crate::http::event_errors;

    fn example(format: BodyFormat) -> Tree {
        match format {
            BodyFormat::Event(format) => event_errors::example(format),
            BodyFormat::Begins => Tree::from("2026-01-31"),
            BodyFormat::Reference | BodyFormat::Text | BodyFormat::Fingerprint => Tree::from("x"),
            BodyFormat::Flags => Tree::List(Vec::new()),
        }
    }

    #[test]
    fn address_body_and_the_servers_id_make_an_event_and_none_of_it_is_too_much() {
        for command in COMMANDS.iter() {
            let day = |name| Tree::from(if name == "day" { "2026-01-31" } else { "x" });
            let mut fields: Vec<(String, Tree)> = vec![("type".into(), Tree::from(command.kind.as_str()))];
            fields.extend(command.in_path().map(|name| (name.to_owned(), day(name))));
            fields.extend(command.made.map(|(made, _)| (made.to_owned(), Tree::from("x"))));
            let beside = |format| {
                matches!(format, BodyFormat::Flags | BodyFormat::Text | BodyFormat::Fingerprint | BodyFormat::Begins)
            };
            let own = command.fields.iter().filter(|field| !beside(field.format));
            fields.extend(own.map(|field| (field.name.to_owned(), example(field.format))));
            let event = wire::event::read(&Tree::Table(fields.clone()));
            assert!(event.is_ok(), "{}: {event:?}", command.kind);
            for field in command.fields.iter().filter(|field| field.required) {
                let fields = fields.iter().filter(|(name, _)| name != field.name).cloned().collect();
                let refusal = wire::event::read(&Tree::Table(fields)).err();
                let said = refusal.map(|refusal| refusal.field.to_string());
                assert_eq!(said.as_deref(), Some(field.name), "{} without `{}`", command.kind, field.name);
            }
        }
    }
}
