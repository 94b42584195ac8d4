//! HTTP as simple as the server allows it, on one connection that stays open: the machine is the server's.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// After that much silence the server may have closed a connection.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// Who asks.
#[derive(Debug)]
pub struct Client {
    connection: Mutex<Connection>,
    address: String,
}

#[derive(Debug)]
struct Connection {
    stream: BufReader<TcpStream>,
    used: Instant,
}

impl Connection {
    fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), used: Instant::now() })
    }
}

impl Client {
    /// At `host:port`.
    pub fn connect(address: &str) -> Result<Self> {
        Ok(Self { connection: Mutex::new(Connection::open(address)?), address: address.into() })
    }

    /// Gives a command; answers with what came of it.
    pub fn command(&self, path: &str, key: &str, body: &Value) -> Result<Value> {
        self.ask(&format!("POST {path}"), &format!("idempotency-key: {key}\r\n"), &body.to_string())
    }

    /// Asks for something.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.ask(&format!("GET {path}"), "", "")
    }

    /// Asks for something that need not be JSON.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        self.answer(&format!("GET {path}"), "", "")
    }

    /// Settles events, all of which have to be accepted.
    pub fn events(&self, events: &[Value]) -> Result<()> {
        let answers = self.ask("POST /v1/events", "", &json!(events).to_string())?;
        let refused = answers["answers"].as_array().into_iter().flatten().find(|answer| !answer["refusal"].is_null());
        refused.map_or(Ok(()), |refused| bail!("{refused}"))
    }

    fn ask(&self, what: &str, headers: &str, body: &str) -> Result<Value> {
        let answer = self.answer(what, headers, body)?;
        serde_json::from_slice(&answer).with_context(|| format!("no JSON from {what}"))
    }

    fn answer(&self, what: &str, headers: &str, body: &str) -> Result<Vec<u8>> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.used.elapsed() > SILENCE_MAX {
            *connection = Connection::open(&self.address)?;
        }
        let request = format!(
            "{what} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        connection.stream.get_mut().write_all(request.as_bytes())?;
        let (mut head, mut length, mut line) = (String::new(), 0, String::new());
        loop {
            line.clear();
            connection.stream.read_line(&mut line)?;
            match line.trim_end() {
                "" => break,
                first if head.is_empty() => first.clone_into(&mut head),
                header => {
                    let length_here = header.split_once(':').filter(|(name, _)| *name == "content-length");
                    length = length_here.map_or(Ok(length), |(_, length)| length.trim().parse())?;
                }
            }
        }
        let mut answer = vec![0; length];
        connection.stream.read_exact(&mut answer)?;
        connection.used = Instant::now();
        if !head.starts_with("HTTP/1.1 200") {
            bail!("{head}: {}", String::from_utf8_lossy(&answer));
        }
        Ok(answer)
    }
}
