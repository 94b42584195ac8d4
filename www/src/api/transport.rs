//! Requests to the server and the form of its answers, without their addresses.

use gloo::net::http::{Request, RequestBuilder};
use gongxiang::event::Code;
use gongxiang::identity::Id;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use web_sys::RequestCache;

use crate::json::{self, ReadError};
use crate::keep::{self, Store};

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The server did not answer.
    Unreachable,
    /// The server answered with an error.
    Status {
        status: u16,
        /// Empty if the answer was no problem document.
        problem: Problem,
    },
    /// The answer cannot be read, or contradicts itself.
    BadAnswer,
    /// There is no passkey, or the person declined.
    NoPasskey,
    /// The browser gives no random numbers, so there can be no idempotency key.
    NoRandom,
    /// The server's rules are of a version that this wallet does not know.
    OtherRules,
}

impl From<ReadError> for Fault {
    fn from(_: ReadError) -> Self {
        Self::BadAnswer
    }
}

impl Fault {
    pub fn is_unknown_member(&self) -> bool {
        matches!(self, Self::Status { problem, .. } if problem.code == Code::UnknownMember.as_str())
    }
}

/// A problem document (RFC 9457), as far as the wallet reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The stable code; empty if it has none.
    pub code: String,
    /// The field with the error; empty if there is none.
    pub field: String,
}

/// A value with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<V> {
    pub id: Id,
    pub value: V,
}

impl<V: DeserializeOwned> Item<V> {
    /// Reads the id and the value from the same JSON object. `#[serde(flatten)]` would do the same, but adds 5 KB to the binary.
    pub fn read(row: &Value) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Name {
            id: Id,
        }
        let Name { id } = json::read_value(row)?;
        Ok(Self { id, value: json::read_value(row)? })
    }
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage<V, N> {
    pub rows: Vec<Item<V>>,
    /// Where the next page starts; nothing on the last one.
    pub next: Option<N>,
}

impl<V: DeserializeOwned, N: DeserializeOwned> ListPage<V, N> {
    pub fn read(page: &Value) -> Result<Self, Fault> {
        let rows = page.get("rows").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
        let next = page.get("next").map(json::read_value).transpose()?.flatten();
        Ok(Self { rows: rows.iter().map(Item::read).collect::<Result<_, _>>()?, next })
    }
}

/// An answer of the server. `since` is the time at which it was stored, if the server did not answer now.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    pub value: T,
    pub since: Option<String>,
}

/// Reads JSON.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    Ok(json::read(text)?)
}

pub async fn get_text(path: &str) -> Result<String, Fault> {
    // The browser's own cache would keep balances after signing out.
    let request = Request::get(path).cache(RequestCache::NoStore).header("accept", "application/json");
    let asked = request.send().await;
    let response = asked.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    success(response.status(), text)
}

/// A whole list as a table (CSV): the server has it in pages, and `Link` leads from one to the next.
pub async fn table(path: &str) -> Result<String, Fault> {
    let mut table = String::new();
    let mut next = Some(format!("{path}?limit=500&format=csv"));
    while let Some(page) = next {
        let asked = Request::get(&page).cache(RequestCache::NoStore).send().await;
        let response = asked.map_err(|_| Fault::Unreachable)?;
        let link = response.headers().get("link");
        next = link.and_then(|link| Some(link.strip_prefix('<')?.split_once(">; rel=\"next\"")?.0.to_owned()));
        let text = response.text().await.map_err(|_| Fault::Unreachable)?;
        table.push_str(&success(response.status(), text)?);
    }
    Ok(table)
}

/// The text of an answer, if it is a success.
fn success(status: u16, text: String) -> Result<String, Fault> {
    if matches!(status, 200 | 204) {
        Ok(text)
    } else {
        Err(Fault::Status { status, problem: read(&text).unwrap_or_default() })
    }
}

/// An answer of the server, never a stored one.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Fault> {
    get_text(path).await.and_then(|text| read(&text))
}

/// An answer of the server for what is read field by field, never a stored one.
pub async fn get_value(path: &str) -> Result<Value, Fault> {
    Ok(json::parse(&Box::pin(get_text(path)).await?)?)
}

/// Asks the server and stores the answer; without a network, reads the stored one.
pub async fn get_kept<T: DeserializeOwned>(path: &str) -> Result<Answer<T>, Fault> {
    // Boxed, so that the binary does not contain these two once for each type of answer.
    let Answer { value: text, since } = Box::pin(get_text_or_kept(path)).await?;
    let value = read(&text)?;
    if since.is_none() {
        Box::pin(keep_text(path, &text)).await;
    }
    Ok(Answer { value, since })
}

/// As [`get_kept`], for types that are read field by field: the binary then has no code that reads them in any order. Callers box it, so
/// that the binary has it once.
pub async fn get_value_or_kept(path: &str) -> Result<Answer<Value>, Fault> {
    let Answer { value: text, since } = get_text_or_kept(path).await?;
    let value = json::parse(&text)?;
    if since.is_none() {
        keep_text(path, &text).await;
    }
    Ok(Answer { value, since })
}

/// A field of a table.
pub fn field<'a, T: Deserialize<'a>>(table: &'a Value, name: &str) -> Result<T, ReadError> {
    json::read_value(table.get(name).unwrap_or(&Value::Null))
}

async fn get_text_or_kept(path: &str) -> Result<Answer<String>, Fault> {
    match get_text(path).await {
        Ok(value) => Ok(Answer { value, since: None }),
        Err(Fault::Unreachable) => {
            let kept = keep::read(Store::Answers, path).await.ok_or(Fault::Unreachable)?;
            let (time, text) = kept.split_once('\n').ok_or(Fault::Unreachable)?;
            Ok(Answer { value: text.to_owned(), since: Some(time.to_owned()) })
        }
        Err(fault) => Err(fault),
    }
}

async fn keep_text(path: &str, text: &str) {
    let time = String::from(js_sys::Date::new_0().to_iso_string());
    keep::write(Store::Answers, path, &format!("{time}\n{text}")).await;
}

/// Sends a body, with an idempotency key if there is one. Returns the text of the answer.
pub async fn post(path: &str, key: Option<&str>, body: String) -> Result<String, Fault> {
    let (status, text) = post_for(None, path, key, body).await?;
    success(status, text)
}

/// Sends an action that this member confirmed. The server compares the member with its session: another tab may have signed in
/// somebody else in the meantime. Returns the status and the text of the answer.
pub async fn post_for(
    member: Option<&Id>,
    path: &str,
    key: Option<&str>,
    body: String,
) -> Result<(u16, String), Fault> {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    if let Some(member) = member {
        request = request.header("gongxiang-member", member.as_str());
    }
    let request = request.body(body).map_err(|_| Fault::Unreachable)?;
    let response = request.send().await.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    Ok((response.status(), text))
}

/// Ends a session, a code, a passkey or a binding, given by its path.
pub async fn end(path: &str) -> Result<(), Fault> {
    let response = Request::delete(path).send().await.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    success(response.status(), text).map(drop)
}

/// Sets what is answered without content.
pub async fn put_note(path: &str, body: String) -> Result<(), Fault> {
    done(Request::put(path), body).await
}

/// Sends a file as what the browser takes it for.
pub async fn put_file(path: &str, file: &web_sys::File) -> Result<(), Fault> {
    let request = Request::put(path).header("content-type", &file.type_());
    let request = request.body(wasm_bindgen::JsValue::from(file)).map_err(|_| Fault::Unreachable)?;
    let response = request.send().await.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    success(response.status(), text).map(drop)
}

/// Sends what is answered without content.
pub async fn post_note(path: &str, body: String) -> Result<(), Fault> {
    done(Request::post(path), body).await
}

async fn done(request: RequestBuilder, body: String) -> Result<(), Fault> {
    let request = request.header("content-type", "application/json").body(body).map_err(|_| Fault::Unreachable)?;
    let response = request.send().await.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    success(response.status(), text).map(drop)
}

/// A field of an answer, if it is a text. Profiles are read so: a type for each would take 1 KB of the binary.
pub fn text_of(value: &Value, field: &str) -> Option<String> {
    value.get(field).and_then(Value::as_str).map(str::to_owned)
}

/// Replaces something as a whole.
pub async fn put(path: &str, body: String) -> Result<Value, Fault> {
    let request = Request::put(path).header("content-type", "application/json").body(body);
    let response = request.map_err(|_| Fault::Unreachable)?.send().await.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    Ok(json::parse(&success(response.status(), text)?)?)
}

#[cfg(test)]
mod tests {
    use gongxiang::market::Offer;
    use gongxiang::quantity::Price;
    use gongxiang::tree::Tree;

    use super::*;

    #[test]
    fn a_row_is_its_id_and_its_value_side_by_side() {
        let text = r#"{"rows": [{"id": "o1", "owner": "ann", "side": "sell", "remaining": "2.5", "unit_price": "1.1",
            "open": true, "later": [1.5, null]}], "next": "o2"}"#;
        let page = ListPage::<Offer, Id>::read(&json::parse(text).expect("JSON")).expect("a page");
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].id.as_str(), "o1");
        assert_eq!(page.rows[0].value.remaining.to_string(), "2.5");
        assert_eq!(page.next.as_ref().map(Id::as_str), Some("o2"));
    }

    #[test]
    fn an_amount_is_read_from_a_text_only() {
        assert!(read::<SupplyPrice>(r#"{"price": "1.5"}"#).is_ok());
        for bad in ["1.5", "1", "\"-1\"", "\"1e3\"", "\"\"", "null"] {
            assert_eq!(read::<SupplyPrice>(&format!(r#"{{"price": {bad}}}"#)).err(), Some(Fault::BadAnswer), "{bad}");
        }
    }

    #[derive(Debug, Deserialize)]
    struct SupplyPrice {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        price: Price,
    }

    #[test]
    fn an_answer_that_is_no_json_is_nonsense() {
        let deep = "[".repeat(100_000);
        for bad in
            ["", " ", "[", "[1,]", "[1]]", "{\"a\":1,}", "{a:1}", "01", "+1", "NaN", r#""\ud800""#, "\"\n\"", &deep]
        {
            assert_eq!(read::<Tree>(bad).err(), Some(Fault::BadAnswer), "{}", bad.get(..20).unwrap_or(bad));
        }
    }
}
