//! Values against declared types: each value must be of its type, to the field; and whatever a type declares must have been seen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::declared::{Field, Names, Type};

/// How a field was seen.
#[derive(Clone, Copy, Default)]
struct Sight {
    is_present: bool,
    is_absent: bool,
    is_null: bool,
}

/// The declarations, and what of them was seen.
pub struct Comparison {
    names: Names,
    fields: BTreeMap<String, Sight>,
    literals: BTreeSet<(String, String)>,
}

/// What a value is not.
type Fault = String;

impl Comparison {
    pub fn new(names: Names) -> Self {
        Self { names, fields: BTreeMap::new(), literals: BTreeSet::new() }
    }

    /// Holds a value against the type of this name.
    pub fn check(&mut self, name: &str, value: &Value) -> Result<(), Fault> {
        self.is(&Type::Name(name.to_owned(), Vec::new()), value, name)
    }

    fn is(&mut self, what: &Type, value: &Value, path: &str) -> Result<(), Fault> {
        let wrong = |expected: &str| Err(format!("{path} is declared as {expected}, and is {value}"));
        match (what, value) {
            (Type::Text, Value::String(_))
            | (Type::Number, Value::Number(_))
            | (Type::Boolean, Value::Bool(_))
            | (Type::Null, Value::Null) => Ok(()),
            (Type::Text, _) => wrong("a text"),
            (Type::Number, _) => wrong("a number"),
            (Type::Boolean, _) => wrong("a boolean"),
            (Type::Null, _) => wrong("null"),
            (Type::Literal(literal), _) if literal == value => {
                self.literals.insert((path.to_owned(), literal.to_string()));
                Ok(())
            }
            (Type::Literal(literal), _) => wrong(&literal.to_string()),
            (Type::List(of), Value::Array(items)) => items.iter().try_for_each(|item| self.is(of, item, path)),
            (Type::Tuple(of), Value::Array(items)) if of.len() == items.len() => {
                of.iter().zip(items).try_for_each(|(of, item)| self.is(of, item, path))
            }
            (Type::List(_) | Type::Tuple(_), _) => wrong("a list of so many"),
            (Type::Name(name, parameters), _) => self.is_named(name, parameters, value, path),
            (Type::Of(..), _) => {
                let (path, inner) = self.inner(what)?;
                self.is(&inner, value, &path)
            }
            (Type::Object(_) | Type::Both(_), Value::Object(_)) => self.is_one_of(&self.shapes(what)?, value, path),
            (Type::Object(_) | Type::Both(_), _) => wrong("an object"),
            (Type::Either(types), _) => self.is_either(types, value, path),
        }
    }

    fn is_named(&mut self, name: &str, parameters: &[Type], value: &Value, path: &str) -> Result<(), Fault> {
        let text = value.as_str();
        let is_leaf = match name {
            "Decimal" => text.is_some_and(|text| is_decimal(text, 8)),
            "Index" => text.is_some_and(|text| is_decimal(text, 18)),
            "Day" => text.is_some_and(|text| gongxiang::identity::Day::parse(text).is_some()),
            "Id" => text.is_some_and(|text| gongxiang::identity::Id::parse(text).is_some()),
            "Region" => text.is_some_and(|text| gongxiang::identity::Region::parse(text).is_some()),
            "Record" => {
                let table = value.as_object().ok_or_else(|| format!("{path} is declared as a table"))?;
                for (key, value) in table {
                    self.is(&parameters[0], &Value::from(key.as_str()), path)?;
                    self.is(&parameters[1], value, path)?;
                }
                return Ok(());
            }
            "Partial" => {
                return self.is_one_of(&self.shapes(&Type::Name(name.into(), parameters.to_vec()))?, value, path);
            }
            "Exclude" if is_possible(&parameters[1], Some(value)) => false,
            "Exclude" => return self.is(&parameters[0], value, path),
            _ => {
                let what = self.names.get(name).cloned().ok_or_else(|| format!("{path}: `{name}` is not declared"))?;
                return self.is(&what, value, name);
            }
        };
        if is_leaf { Ok(()) } else { Err(format!("{path} is declared as {name}, and is {value}")) }
    }

    fn is_either(&mut self, types: &[Type], value: &Value, path: &str) -> Result<(), Fault> {
        if value.is_object()
            && let Ok(shapes) = self.shapes(&Type::Either(types.to_vec()))
        {
            return self.is_one_of(&shapes, value, path);
        }
        if types.iter().all(|what| matches!(what, Type::Literal(_)))
            && !types.iter().any(|what| is_possible(what, Some(value)))
        {
            return Err(format!("{path} is not declared as {value}"));
        }
        let mut faults = Vec::new();
        for what in types {
            match self.is(what, value, path) {
                Ok(()) => return Ok(()),
                Err(fault) => faults.push(fault),
            }
        }
        Err(faults.join("; "))
    }

    /// An object of one of several shapes: that whose literals it has.
    fn is_one_of(&mut self, shapes: &[Vec<Field>], value: &Value, path: &str) -> Result<(), Fault> {
        let fits = |shape: &&Vec<Field>| shape.iter().all(|field| is_possible(&field.what, value.get(&field.name)));
        let Some(shape) = shapes.iter().find(fits) else {
            let tag = ["type", "of"].iter().find_map(|tag| value.get(tag)).unwrap_or(value);
            return Err(format!("{path}: {tag} is not declared"));
        };
        let path = place(path, shape, shapes.len());
        for key in value.as_object().into_iter().flat_map(serde_json::Map::keys) {
            if !shape.iter().any(|field| field.name == *key) {
                return Err(format!("{path}.{key} is there, and is not declared"));
            }
        }
        for Field { name, is_optional, what } in shape {
            let sight = self.fields.entry(format!("{path}.{name}")).or_default();
            match value.get(name) {
                None if *is_optional => sight.is_absent = true,
                None => return Err(format!("{path}.{name} is declared as always there, and is not")),
                Some(value) => {
                    sight.is_present = true;
                    sight.is_null |= value.is_null();
                    self.is(what, value, &format!("{path}.{name}"))?;
                }
            }
        }
        Ok(())
    }

    /// The lists of fields that an object of this type can have.
    fn shapes(&self, what: &Type) -> Result<Vec<Vec<Field>>, Fault> {
        Ok(match what {
            Type::Object(fields) => vec![fields.clone()],
            Type::Either(types) => {
                let shapes: Result<Vec<_>, _> =
                    types.iter().filter(|what| !matches!(what, Type::Null)).map(|what| self.shapes(what)).collect();
                shapes?.concat()
            }
            Type::Both(types) => {
                let mut all = vec![Vec::new()];
                for what in types {
                    let more = self.shapes(what)?;
                    all = all.iter().flat_map(|one| more.iter().map(|two| [&one[..], two].concat())).collect();
                }
                all
            }
            Type::Name(name, parameters) if name == "Partial" => {
                let mut shapes = self.shapes(&parameters[0])?;
                for field in shapes.iter_mut().flatten() {
                    field.is_optional = true;
                }
                shapes
            }
            Type::Name(name, parameters) if name == "Omit" => {
                let mut shapes = self.shapes(&parameters[0])?;
                let left_out = |field: &Field| is_possible(&parameters[1], Some(&field.name.as_str().into()));
                for shape in &mut shapes {
                    shape.retain(|field| !left_out(field));
                }
                shapes
            }
            Type::Name(name, _) => self.shapes(self.names.get(name).ok_or_else(|| format!("no `{name}`"))?)?,
            Type::Of(..) => self.shapes(&self.inner(what)?.1)?,
            _ => return Err("no object".into()),
        })
    }

    /// What `Name['field']` is, and where.
    fn inner(&self, what: &Type) -> Result<(String, Type), Fault> {
        let Type::Of(of, key) = what else { return Err("no field".into()) };
        let name = if let Type::Name(name, _) = &**of { name } else { "?" };
        let fields = self.shapes(of)?.concat().into_iter().filter(|field| field.name == *key);
        let mut types: Vec<_> = fields.map(|field| field.what).collect();
        match types.len() {
            0 => Err(format!("`{name}` has no `{key}`")),
            1 => Ok((format!("{name}.{key}"), types.remove(0))),
            _ => Ok((format!("{name}.{key}"), Type::Either(types))),
        }
    }

    /// What the type of this name declares and no value had; types that are compared by themselves are left out.
    pub fn unseen(&self, name: &str, elsewhere: &[&str]) -> Vec<String> {
        let mut unseen = Vec::new();
        let mut visited = elsewhere.iter().map(|name| (*name).to_owned()).collect();
        self.walk(&Type::Name(name.to_owned(), Vec::new()), name, &mut visited, &mut unseen);
        unseen
    }

    fn walk(&self, what: &Type, path: &str, visited: &mut BTreeSet<String>, unseen: &mut Vec<String>) {
        match what {
            Type::Literal(literal) if !self.literals.contains(&(path.to_owned(), literal.to_string())) => {
                unseen.push(format!("{path} is declared as {literal} too, and never is"));
            }
            Type::List(of) => self.walk(of, path, visited, unseen),
            Type::Tuple(of) => {
                for of in of {
                    self.walk(of, path, visited, unseen);
                }
            }
            Type::Name(name, parameters) if name == "Record" => self.walk(&parameters[1], path, visited, unseen),
            // What of the rules is adopted is left to whoever adopts; each part was compared as a part of the rules.
            Type::Name(name, _) if name == "Partial" => {}
            Type::Name(name, _) => {
                if let Some(what) = self.names.get(name)
                    && visited.insert(name.clone())
                {
                    self.walk(what, name, visited, unseen);
                }
            }
            Type::Either(types) if self.shapes(what).is_err() => {
                for what in types {
                    self.walk(what, path, visited, unseen);
                }
            }
            Type::Of(..) => {
                if let Ok((path, what)) = self.inner(what) {
                    self.walk(&what, &path, visited, unseen);
                }
            }
            Type::Object(_) | Type::Both(_) | Type::Either(_) => {
                let shapes = self.shapes(what).unwrap_or_default();
                for shape in &shapes {
                    let path = place(path, shape, shapes.len());
                    for field in shape {
                        self.walk_field(field, &path, visited, unseen);
                    }
                }
            }
            _ => {}
        }
    }

    fn walk_field(&self, field: &Field, path: &str, visited: &mut BTreeSet<String>, unseen: &mut Vec<String>) {
        let path = format!("{path}.{}", field.name);
        let Sight { is_present, is_absent, is_null } = self.fields.get(&path).copied().unwrap_or_default();
        let can_be_null =
            matches!(&field.what, Type::Either(types) if types.iter().any(|what| matches!(what, Type::Null)));
        if !is_present {
            unseen.push(format!("{path} is declared, and never there"));
            return;
        }
        if field.is_optional && !is_absent {
            unseen.push(format!("{path} is declared as optional, and always there"));
        }
        if can_be_null && !is_null {
            unseen.push(format!("{path} is declared as null too, and never is"));
        }
        self.walk(&field.what, &path, visited, unseen);
    }
}

/// Where a shape is: a tagged one is called by its tags.
fn place(path: &str, shape: &[Field], shapes: usize) -> String {
    let tags = |what: &Type| -> Option<Vec<String>> {
        match what {
            Type::Literal(tag) => Some(vec![tag.to_string()]),
            Type::Either(types) => types
                .iter()
                .map(|what| if let Type::Literal(tag) = what { Some(tag.to_string()) } else { None })
                .collect(),
            _ => None,
        }
    };
    match shape.iter().find_map(|field| tags(&field.what)) {
        Some(tags) if shapes > 1 => format!("{path}({})", tags.join("|")),
        _ => path.to_owned(),
    }
}

/// Whether the value can be of a type that consists of literals.
fn is_possible(what: &Type, value: Option<&Value>) -> bool {
    match what {
        Type::Literal(literal) => value == Some(literal),
        Type::Either(types) if types.iter().all(|what| matches!(what, Type::Literal(_))) => {
            value.is_none() || types.iter().any(|what| is_possible(what, value))
        }
        Type::Name(name, parameters) if name == "Exclude" => !is_possible(&parameters[1], value),
        _ => true,
    }
}

fn is_decimal(text: &str, places: usize) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part) && part.len() <= places
}
