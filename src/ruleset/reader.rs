//! Reads the values of a rule set from plain data, and names the key that is wrong.

use super::rules::{Pack, Role, RuleSetError};
use crate::limits::NUMBER_MAX;
use crate::quantity::{DecimalError, Money, Rate};
use crate::tree::Tree;

/// Reads the values of a rule set, or of a table in it.
#[derive(Clone, Copy)]
pub(super) struct TableReader<'a> {
    pub(super) tree: &'a Tree,
    /// The key of the table; empty for the rule set itself.
    pub(super) path: &'a str,
}

impl<'a> TableReader<'a> {
    pub(super) fn refuse<T>(self, key: &str, message: &str) -> Result<T, RuleSetError> {
        Err(RuleSetError { key: join(self.path, key), message: message.into() })
    }

    /// The value under a dotted key; every table on the way must be there.
    pub(super) fn find(self, key: &str) -> Result<&'a Tree, RuleSetError> {
        let mut at = self.tree;
        // The length of the key up to here, with its dot.
        let mut passed = 0_usize;
        for name in key.split('.') {
            let Tree::Table(_) = at else {
                let table = key.get(..passed.saturating_sub(1)).unwrap_or_default();
                return self.refuse(table, &format!("must be a table, not {}", at.kind()));
            };
            let Some(value) = at.get(name) else { return self.refuse(key, "is missing") };
            at = value;
            passed += name.len() + 1;
        }
        Ok(at)
    }

    pub(super) fn text(self, key: &str) -> Result<&'a str, RuleSetError> {
        match self.find(key)? {
            Tree::Text(text) => Ok(text),
            other => self.refuse(key, &format!("must be a text, not {}", other.kind())),
        }
    }

    pub(super) fn choice<T>(self, key: &str, what: &str, read: fn(&str) -> Option<T>) -> Result<T, RuleSetError> {
        read(self.text(key)?).map_or_else(|| self.refuse(key, &format!("must be {what}")), Ok)
    }

    pub(super) fn decimal<T: PartialOrd + Default>(
        self,
        key: &str,
        read: fn(&str) -> Result<T, DecimalError>,
    ) -> Result<T, RuleSetError> {
        match read(self.text(key)?) {
            Ok(value) if value >= T::default() => Ok(value),
            Ok(_) => self.refuse(key, &DecimalError::Negative.to_string()),
            Err(error) => self.refuse(key, &error.to_string()),
        }
    }

    pub(super) fn whole(self, key: &str) -> Result<u64, RuleSetError> {
        match self.find(key)? {
            Tree::Whole(n) if *n < 0 => self.refuse(key, &DecimalError::Negative.to_string()),
            Tree::Whole(n) => match u64::try_from(*n) {
                Ok(n) if n <= NUMBER_MAX => Ok(n),
                _ => self.refuse(key, &DecimalError::TooLarge.to_string()),
            },
            other => self.refuse(key, &format!("must be a whole number, not {}", other.kind())),
        }
    }

    pub(super) fn flag(self, key: &str) -> Result<bool, RuleSetError> {
        match self.tree.get(key) {
            None => Ok(false),
            Some(Tree::Bool(value)) => Ok(*value),
            Some(other) => self.refuse(key, &format!("must be true or false, not {}", other.kind())),
        }
    }

    pub(super) fn packs(self) -> Result<Vec<(String, Pack)>, RuleSetError> {
        let Tree::Table(entries) = self.find("packs")? else { return self.refuse("packs", "must be a table") };
        let mut packs = Vec::with_capacity(entries.len());
        for (name, tree) in entries {
            let path = join("packs", name);
            let table = TableReader { tree, path: &path };
            let pack = Pack {
                price: table.decimal("price", Money::parse)?,
                share_value_rate: table.decimal("share_value_rate", Rate::parse)?,
                merchant: table.flag("merchant")?,
                area_partner: table.flag("area_partner")?,
            };
            packs.push((name.clone(), pack));
        }
        // Sorted by name: rule sets are equal whatever the order in which the packs are written.
        packs.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(packs)
    }

    pub(super) fn roles(self) -> Result<Vec<Role>, RuleSetError> {
        let Tree::List(items) = self.find("service.roles")? else {
            return self.refuse("service.roles", "must be a list");
        };
        let mut roles = Vec::with_capacity(items.len());
        for (i, tree) in items.iter().enumerate() {
            let path = format!("service.roles.{i}");
            let table = TableReader { tree, path: &path };
            roles.push(Role {
                name: table.text("name")?.into(),
                share_value_rate: table.decimal("share_value_rate", Rate::parse)?,
                points_rate: table.decimal("points_rate", Rate::parse)?,
            });
        }
        Ok(roles)
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    let dot = if path.is_empty() || key.is_empty() { "" } else { "." };
    format!("{path}{dot}{key}")
}
