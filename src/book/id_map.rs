//! A table of the book: values in the order of their ids.
//!
//! Each value is boxed, so that all tables use one compiled B-tree. A B-tree for each kind of value would be a fifth of the
//! package.

use std::collections::{BTreeMap, btree_map};
use std::ops::Bound;

use crate::identity::Id;

#[derive(Clone, Debug)]
pub(super) struct IdMap<V>(BTreeMap<Id, Box<V>>);

impl<V> Default for IdMap<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> IdMap<V> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn get(&self, id: &str) -> Option<&V> {
        self.0.get(id).map(Box::as_ref)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut V> {
        self.0.get_mut(id).map(Box::as_mut)
    }

    pub(super) fn insert(&mut self, id: Id, value: impl Into<Box<V>>) {
        self.0.insert(id, value.into());
    }

    /// Moves all values of another table into this one.
    pub(super) fn extend(&mut self, other: Self) {
        for (id, value) in other.0 {
            self.0.insert(id, value);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Id, &V)> {
        self.0.iter().map(|(id, value)| (id, value.as_ref()))
    }

    /// The values whose ids come after `id`. The empty text comes before all ids.
    pub(super) fn after(&self, id: &str) -> impl Iterator<Item = (&Id, &V)> {
        let range = self.0.range::<str, _>((Bound::Excluded(id), Bound::Unbounded));
        range.map(|(id, value)| (id, value.as_ref()))
    }
}

impl<V> IntoIterator for IdMap<V> {
    type Item = (Id, Box<V>);
    type IntoIter = btree_map::IntoIter<Id, Box<V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<V> FromIterator<(Id, V)> for IdMap<V> {
    fn from_iter<T: IntoIterator<Item = (Id, V)>>(values: T) -> Self {
        let mut table = Self::new();
        for (id, value) in values {
            table.insert(id, value);
        }
        table
    }
}
