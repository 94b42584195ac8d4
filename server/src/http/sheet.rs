//! Lists as tables for spreadsheets: the same routes, pages and rights, with `format=csv`.
//!
//! The columns of a table are fields of its rows in JSON, so it says nothing that the JSON does not. The first page has
//! a header. A `Link` leads to the next page, and all pages one after the other are the whole table.

use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use csv::{Terminator, WriterBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Answer;
use super::api::{Description, Input, Output};
use super::problem::{Failure, Problem};

const CSV: &str = "text/csv; charset=utf-8";

/// Spreadsheets take a file for UTF-8 only with it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// In which form a list is asked for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Json,
    /// A table (RFC 4180).
    Csv,
}

/// The address of a request, without which no page can lead to the next.
pub struct Address(Uri);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.uri.clone()))
    }
}

impl Input for Address {}

impl Address {
    /// The address of the next page: the cursor in place of the one before.
    fn next(&self, parameter: &str, cursor: &str) -> String {
        let pairs = url::form_urlencoded::parse(self.0.query().unwrap_or_default().as_bytes());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.filter(|(name, _)| name != parameter));
        query.append_pair(parameter, cursor);
        format!("{}?{}", self.0.path(), query.finish())
    }

    /// Whether it asks for the first page.
    fn is_first(&self, parameter: &str) -> bool {
        let mut pairs = url::form_urlencoded::parse(self.0.query().unwrap_or_default().as_bytes());
        pairs.all(|(name, _)| name != parameter)
    }
}

/// What a list is answered with.
pub enum Listed<T> {
    Json(Answer<T>),
    Table(Table),
}

/// How a list is asked for.
pub struct Sheet<'a> {
    pub format: Format,
    /// The fields of a row that are columns: paths, with dots. What is not there is an empty cell.
    pub columns: &'a [&'a str],
    pub address: &'a Address,
    /// The parameter with the cursor.
    pub cursor: &'a str,
}

impl<T: Serialize> Listed<T> {
    /// A page, and its rows.
    pub fn of<R: Serialize>(page: &T, rows: &[R], next: Option<String>, sheet: &Sheet<'_>) -> Result<Self, Problem> {
        Ok(match sheet.format {
            Format::Json => Self::Json(Answer::of(page)),
            Format::Csv => Self::Table(Table::of(rows, next, sheet)?),
        })
    }
}

/// A page of a table.
pub struct Table {
    text: String,
    next: Option<String>,
}

impl Table {
    fn of<R: Serialize>(rows: &[R], next: Option<String>, sheet: &Sheet<'_>) -> Result<Self, Problem> {
        let Sheet { columns, address, cursor, .. } = sheet;
        let mut table = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        let is_first = address.is_first(cursor);
        let written = || -> csv::Result<Vec<u8>> {
            if is_first {
                table.write_record(*columns)?;
            }
            for row in rows {
                let row = serde_json::to_value(row).unwrap_or_default();
                table.write_record(columns.iter().map(|path| cell(&row, path)))?;
            }
            table.into_inner().map_err(|error| error.into_error().into())
        };
        let written = written().ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Failure::Unavailable)?;
        let mark = if is_first { BYTE_ORDER_MARK } else { "" };
        let next = next.map(|end| address.next(cursor, &end));
        Ok(Self { text: format!("{mark}{written}"), next })
    }
}

/// A field as a cell: of a list its items, with spaces between them; of a state with more to it its name.
fn cell(row: &Value, path: &str) -> String {
    guarded(&words(path.split('.').fold(row, |value, name| &value[name])))
}

fn words(field: &Value) -> String {
    match field {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::Object(fields) => fields.keys().map(String::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula: an apostrophe goes before one that begins with a sign of formulas.
fn guarded(text: &str) -> String {
    let sign = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{sign}{text}")
}

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let headers = [(CONTENT_TYPE, CSV), (CONTENT_DISPOSITION, "attachment; filename=\"list.csv\"")];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let mut response = (headers, self.text).into_response();
        let next = self.next.and_then(|next| HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).ok());
        if let Some(next) = next {
            response.headers_mut().insert(LINK, next);
        }
        response
    }
}

impl<T> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Json(answer) => answer.into_response(),
            Self::Table(table) => table.into_response(),
        }
    }
}

impl<T: ToSchema> Output for Listed<T> {
    fn describe(description: &mut Description) {
        Answer::<T>::describe(description);
        description.or_text("200", "text/csv");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_what_is_not_there_is_empty() {
        let row = json!({"name": "=1+1", "shop": {"city": "440100"}, "members": ["ann", "bob"], "open": true, "day": null,
                         "state": {"vested": "2026-01-02"}});
        let paths =
            ["name", "shop.city", "members", "open", "day", "nothing", "shop.nothing.more", "state", "state.vested"];
        let cells = paths.map(|path| cell(&row, path));
        assert_eq!(cells, ["'=1+1", "440100", "ann bob", "true", "", "", "", "vested", "2026-01-02"]);
        for sign in ["=", "+", "-", "@", "\t", "\r"] {
            assert_eq!(guarded(&format!("{sign}SUM(A1)")), format!("'{sign}SUM(A1)"));
        }
    }

    #[test]
    fn pages_one_after_the_other_are_a_table() -> Result<(), Box<dyn std::error::Error>> {
        let rows = [json!({"name": "a, \"b\""}), json!({"name": "c"})];
        let page = |uri: &str, rows: &[Value], next: Option<&str>| -> Result<Table, Box<dyn std::error::Error>> {
            let address = Address(uri.parse()?);
            let sheet = Sheet { format: Format::Csv, columns: &["name"], address: &address, cursor: "after" };
            Table::of(rows, next.map(Into::into), &sheet).map_err(|_| "no table".into())
        };
        let first = page("/v1/members?format=csv&limit=1", &rows[..1], Some("x y"))?;
        assert_eq!(first.next.as_deref(), Some("/v1/members?format=csv&limit=1&after=x+y"));
        let last = page("/v1/members?format=csv&limit=1&after=x+y", &rows[1..], None)?;
        assert_eq!((first.text + &last.text).as_str(), "\u{feff}name\r\n\"a, \"\"b\"\"\"\r\nc\r\n");
        assert_eq!(last.next, None);
        Ok(())
    }
}
