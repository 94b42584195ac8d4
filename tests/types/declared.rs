//! The declarations of the package (`pkg/*.d.ts`) as data: as much of TypeScript as they are written in.

use std::collections::BTreeMap;

/// A type.
#[derive(Clone, Debug)]
pub enum Type {
    Text,
    Number,
    Boolean,
    Null,
    /// `'a'` or `2`, as JSON.
    Literal(serde_json::Value),
    /// A declared name, or a built-in one with its parameters.
    Name(String, Vec<Type>),
    List(Box<Type>),
    Tuple(Vec<Type>),
    Object(Vec<Field>),
    Either(Vec<Type>),
    Both(Vec<Type>),
    /// `State['supply']`.
    Of(Box<Type>, String),
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub is_optional: bool,
    pub what: Type,
}

/// What each name stands for.
pub type Names = BTreeMap<String, Type>;

/// Reads the interfaces and type aliases of a file; functions, classes and methods are passed over.
pub fn read(text: &str, names: &mut Names) -> Result<(), String> {
    let mut reader = Reader { tokens: tokens(text), at: 0 };
    while let Some(token) = reader.next() {
        match token.as_str() {
            "interface" => {
                let name = reader.word()?;
                while !reader.takes("{") {
                    reader.word()?;
                }
                names.insert(name, Type::Object(reader.fields()?));
            }
            // Not `import type`, nor `export type *`.
            "type" if reader.peek(1) == Some("=") => {
                let name = reader.word()?;
                reader.expect("=")?;
                let what = reader.either()?;
                reader.expect(";")?;
                names.insert(name, what);
            }
            "function" | "import" => reader.skip(&[";"]),
            "class" | "declare" => reader.skip_block(),
            _ => {}
        }
    }
    Ok(())
}

/// Words, texts with their quotes, and single signs; without comments.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '\'' {
            rest[1..].find('\'').map_or(rest.len(), |end| end + 2)
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !(c.is_alphanumeric() || "_.".contains(c))).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if !token.starts_with('/') {
            tokens.push(token.to_owned());
        }
        rest = after.trim_start();
    }
    tokens
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn peek(&self, ahead: usize) -> Option<&str> {
        self.tokens.get(self.at + ahead).map(String::as_str)
    }

    fn takes(&mut self, token: &str) -> bool {
        let is_it = self.peek(0) == Some(token);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.takes(token) { Ok(()) } else { Err(format!("`{token}` expected, not {}", self.here())) }
    }

    fn here(&self) -> String {
        self.tokens[self.at.min(self.tokens.len())..].iter().take(12).cloned().collect::<Vec<_>>().join(" ")
    }

    fn word(&mut self) -> Result<String, String> {
        self.next().ok_or_else(|| "the file ends in the middle of a declaration".into())
    }

    fn skip(&mut self, until: &[&str]) {
        let mut depth = 0_i32;
        while let Some(token) = self.next() {
            match token.as_str() {
                "{" | "(" => depth += 1,
                "}" | ")" => depth -= 1,
                token if depth == 0 && until.contains(&token) => return,
                _ => {}
            }
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 0_i32;
        while let Some(token) = self.next() {
            depth += i32::from(token == "{") - i32::from(token == "}");
            if depth == 0 && token == "}" {
                return;
            }
        }
    }

    /// The fields of an object, whose brace was taken; methods are passed over.
    fn fields(&mut self) -> Result<Vec<Field>, String> {
        let mut fields = Vec::new();
        while !self.takes("}") {
            self.takes("readonly");
            let name = self.word()?;
            if name == "[" || matches!(self.peek(0), Some("(" | "<")) {
                self.skip(&[";"]);
                continue;
            }
            let is_optional = self.takes("?");
            self.expect(":")?;
            fields.push(Field { name, is_optional, what: self.either()? });
            if !self.takes(";") && self.peek(0) != Some("}") {
                return Err(format!("`;` expected, not {}", self.here()));
            }
        }
        Ok(fields)
    }

    fn either(&mut self) -> Result<Type, String> {
        self.takes("|");
        let mut types = vec![self.both()?];
        while self.takes("|") {
            types.push(self.both()?);
        }
        Ok(if types.len() == 1 { types.remove(0) } else { Type::Either(types) })
    }

    fn both(&mut self) -> Result<Type, String> {
        let mut types = vec![self.list()?];
        while self.takes("&") {
            types.push(self.list()?);
        }
        Ok(if types.len() == 1 { types.remove(0) } else { Type::Both(types) })
    }

    fn list(&mut self) -> Result<Type, String> {
        self.takes("readonly");
        let mut what = self.simple()?;
        while self.takes("[") {
            what = if self.takes("]") {
                Type::List(Box::new(what))
            } else {
                let key = self.word()?;
                self.expect("]")?;
                Type::Of(Box::new(what), key.trim_matches('\'').to_owned())
            };
        }
        Ok(what)
    }

    fn several(&mut self, end: &str) -> Result<Vec<Type>, String> {
        let mut types = Vec::new();
        while !self.takes(end) {
            types.push(self.either()?);
            self.takes(",");
        }
        Ok(types)
    }

    fn simple(&mut self) -> Result<Type, String> {
        let word = self.word()?;
        Ok(match word.as_str() {
            "string" => Type::Text,
            "number" => Type::Number,
            "boolean" => Type::Boolean,
            "null" => Type::Null,
            "{" => Type::Object(self.fields()?),
            "[" => Type::Tuple(self.several("]")?),
            "(" => {
                let inner = self.either()?;
                self.expect(")")?;
                inner
            }
            text if text.starts_with('\'') => Type::Literal(text.trim_matches('\'').into()),
            number if number.starts_with(|c: char| c.is_ascii_digit()) => {
                Type::Literal(number.parse::<i64>().map_err(|error| format!("{number}: {error}"))?.into())
            }
            name if name.starts_with(char::is_alphabetic) => {
                let parameters = if self.takes("<") { self.several(">")? } else { Vec::new() };
                // Another file's names are imported under `rules`.
                Type::Name(name.trim_start_matches("rules.").to_owned(), parameters)
            }
            other => return Err(format!("no type begins with `{other}` {}", self.here())),
        })
    }
}
