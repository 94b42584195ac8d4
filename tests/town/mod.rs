//! A book that tests send events to: a shop, its partner's city, a buyer and the buyer's referrer.

use gongxiang::book::Book;
use gongxiang::event::{Code, Refusal};
use gongxiang::preset;
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use gongxiang::wire::event;
use serde_json::{Value, json};

pub type TestResult = Result<(), Box<dyn std::error::Error>>;

/// A book under the seed rules, perhaps with changes.
pub struct Town {
    pub book: Book,
}

impl Town {
    /// An empty book. `changes` replace whole top-level keys of the rules.
    pub fn empty(changes: &Value) -> Result<Self, Box<dyn std::error::Error>> {
        let mut rules = serde_json::to_value(preset::seed()?)?;
        for (key, value) in changes.as_object().into_iter().flatten() {
            rules[key] = value.clone();
        }
        Ok(Self { book: Book::open(serde_json::from_value(rules)?) })
    }

    /// A book with `shop` in 440106, `r`, and `a`, whom `r` recommended. All are activated, and the shop has 1000 points.
    pub fn with(changes: &Value) -> Result<Self, Box<dyn std::error::Error>> {
        let mut town = Self::empty(changes)?;
        for event in [
            json!({"type": "member.registered", "member": "shop"}),
            json!({"type": "pack.purchased", "member": "shop", "pack": "merchant"}),
            json!({"type": "treasury.granted", "member": "shop", "points": "1000"}),
            json!({"type": "merchant.opened", "member": "shop", "region": "440106"}),
            json!({"type": "member.registered", "member": "r"}),
            json!({"type": "pack.purchased", "member": "r", "pack": "member"}),
            json!({"type": "member.registered", "member": "a", "referrer": "r"}),
            json!({"type": "pack.purchased", "member": "a", "pack": "member"}),
        ] {
            town.take(&event)?;
        }
        Ok(town)
    }

    /// Applies an event and checks that its preview gave the same receipt.
    pub fn take(&mut self, event: &Value) -> Result<Receipt, Refusal> {
        let tree: Tree =
            serde_json::from_value(event.clone()).map_err(|error| Refusal::bad_event("", error.to_string()))?;
        let entry = event::read(&tree)?;
        let foreseen = self.book.foresee(&entry.event);
        let result = self.book.apply(&entry).result.map(|receipt| (*receipt).clone());
        assert_eq!(foreseen, result, "a preview says what the book does: {event}");
        result
    }

    /// Checks that an event is refused with this code and field, and that it changes nothing.
    pub fn refuses(&mut self, event: &Value, code: Code, field: &str) -> TestResult {
        let before = self.book.state()?;
        match self.take(event) {
            Err(refusal) => assert_eq!((refusal.code, &*refusal.field), (code, field), "{event}: {refusal}"),
            Ok(_) => panic!("accepted: {event}"),
        }
        assert_eq!(self.book.state()?, before, "{event}");
        Ok(())
    }

    /// Closes the open day.
    pub fn close(&mut self) -> Result<Receipt, Refusal> {
        self.take(&json!({"type": "day.closed", "day": self.book.head().day.to_string()}))
    }

    /// A member's points, share value and locked share value.
    pub fn has(&self, member: &str) -> Result<[String; 3], Box<dyn std::error::Error>> {
        let state = self.book.account_state(member)?.ok_or("no such member")?;
        Ok([state.points.to_string(), state.share_value.to_string(), state.locked.to_string()])
    }
}
