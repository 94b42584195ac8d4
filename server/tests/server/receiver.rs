//! A receiver of webhooks on this machine, which stands in for push services and gateways, too.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use serde_json::Value;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::TestResult;

/// A received request; header names are in lower case.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| header == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> TestResult<Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// Verifies the signature as the standard demands.
    pub fn verify(&self, secret: &str) -> TestResult {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").ok_or("no secret")?)?;
        let body = str::from_utf8(&self.body)?;
        let signed = format!("{}.{}.{body}", self.header("webhook-id"), self.header("webhook-timestamp"));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        // While a secret is changed there are two, and one of them has to fit.
        let fits = self.header("webhook-signature").split(' ').any(|signature| {
            let tag = signature.strip_prefix("v1,").and_then(|tag| BASE64_STANDARD.decode(tag).ok());
            tag.is_some_and(|tag| hmac::verify(&key, signed.as_bytes(), &tag).is_ok())
        });
        if fits { Ok(()) } else { Err("no signature is of this secret".into()) }
    }
}

/// Receives on this machine; answers with the given statuses, then with 204.
#[derive(Clone)]
pub struct Receiver {
    pub address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub fn start(answers: &[&'static str]) -> TestResult<Self> {
        Self::on("127.0.0.1:0", answers)
    }

    pub fn on(address: &str, answers: &[&'static str]) -> TestResult<Self> {
        Self::over(address, answers, receive)
    }

    /// Over TLS.
    pub fn start_tls(config: Arc<ServerConfig>) -> TestResult<Self> {
        Self::over("127.0.0.1:0", &[], move |stream, answer, received| {
            receive(StreamOwned::new(ServerConnection::new(Arc::clone(&config))?, stream), answer, received)
        })
    }

    fn over(
        address: &str,
        answers: &[&'static str],
        receive: impl Fn(TcpStream, &str, &Mutex<Vec<Received>>) -> TestResult + Send + 'static,
    ) -> TestResult<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?.to_string();
        let this = Self { address, received: Arc::default() };
        let (received, mut answers) = (Arc::clone(&this.received), answers.iter().copied().collect::<VecDeque<_>>());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = answers.pop_front().unwrap_or("204 No Content");
                // A client that goes away early sent nothing.
                _ = receive(stream, answer, &received);
            }
        });
        Ok(this)
    }

    pub fn all(&self) -> Vec<Received> {
        self.received.lock().map(|received| received.clone()).unwrap_or_default()
    }

    /// Waits until so many requests came, and returns all of them.
    pub fn wait_for(&self, count: usize) -> TestResult<Vec<Received>> {
        // For a minute: a process that was killed keeps its lease of a webhook for 45 seconds.
        for _ in 0..1_200 {
            let all = self.all();
            if all.len() >= count {
                return Ok(all);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("{} of {count} came", self.all().len()).into())
    }
}

fn receive(stream: impl Read + Write, answer: &str, received: &Mutex<Vec<Received>>) -> TestResult {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let header = |line: &String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<_> = lines.iter().filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").ok_or("no length")?.1.parse()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    // Stored before the answer, so that the request is here when the sender has its answer.
    let mut received = received.lock().map_err(|_| "the receiver is broken")?;
    write!(reader.get_mut(), "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    reader.get_mut().flush()?;
    received.push(Received { path, headers, body });
    Ok(())
}
