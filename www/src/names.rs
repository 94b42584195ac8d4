//! Names beside ids. A name comes from the server and is never stored on the device.

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::ids::short;

/// Most ids of one request.
const AT_ONCE: usize = 50;

/// The names of this session.
#[derive(Clone, Copy, Default)]
pub struct Names {
    /// The names to show, each with its id.
    known: RwSignal<Vec<(String, String)>>,
    /// Ids that were asked for, and after the first `sent` of them those that are not sent yet.
    asked: StoredValue<Vec<Id>>,
    sent: StoredValue<usize>,
}

impl Names {
    /// Forgets everything, when the member signs out.
    pub fn forget(self) {
        self.known.set(Vec::new());
        self.asked.set_value(Vec::new());
        self.sent.set_value(0);
    }

    /// Asks for a name, once. What is asked for while a screen is drawn goes out as one request.
    pub fn want(self, id: &Id) {
        if self.asked.with_value(|asked| asked.contains(id)) {
            return;
        }
        let is_first = self.asked.with_value(Vec::len) == self.sent.get_value();
        self.asked.update_value(|asked| asked.push(id.clone()));
        if is_first {
            spawn_local(self.send());
        }
    }

    async fn send(self) {
        loop {
            let sent = self.sent.get_value();
            let ids: Vec<Id> = self.asked.with_value(|asked| asked.iter().skip(sent).take(AT_ONCE).cloned().collect());
            if ids.is_empty() {
                return;
            }
            self.sent.set_value(sent + ids.len());
            // Without an answer the ids stay.
            if let Ok(list) = api::names(&ids).await {
                // Those of another session were forgotten meanwhile.
                let wanted = |id: &str| self.asked.with_value(|asked| asked.iter().any(|asked| asked.as_str() == id));
                self.known.update(|known| known.extend(list.into_iter().filter(|(id, _)| wanted(id))));
            }
        }
    }

    /// The name of a shop or a person, or the short number, or the id.
    pub fn of(self, id: &Id) -> String {
        let known = self.known.read();
        let found = known.iter().find(|(member, _)| member == id.as_str());
        found.map_or_else(|| short(id), |(_, name)| name.clone())
    }
}
