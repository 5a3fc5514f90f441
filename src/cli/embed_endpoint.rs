//! Vectors of questions from an endpoint of embeddings that the user names: the one place that
//! opens a network connection, and only when `--embed-endpoint` was typed.
//!
//! The protocol is that of `POST /embeddings` as OpenAI documents it, over plain HTTP: an endpoint
//! on this machine or in its own network. Texts go nowhere else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use crate::usage::{Calls, Symbol, Vector};

/// Texts in one request.
const BATCH: usize = 64;

/// An endpoint that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_mins(2);

/// No answer to a batch is larger.
const ANSWER_MAX: u64 = 256 << 20;

/// An endpoint, and the model it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EmbedEndpoint {
    host: String,
    port: u16,
    path: String,
    model: String,
}

impl EmbedEndpoint {
    /// Reads `http://HOST:PORT/PATH`.
    ///
    /// # Errors
    /// When it is no such address, or asks for https, which this program does not speak.
    pub(super) fn parse(url: &str, model: &str) -> Result<Self> {
        if url.starts_with("https://") {
            bail!(
                "--embed-endpoint: https is not spoken; run a local endpoint, such as \
                 http://127.0.0.1:11434/v1, or a local proxy to `{url}`"
            );
        }
        let rest = url
            .strip_prefix("http://")
            .ok_or_else(|| anyhow!("--embed-endpoint: `{url}` does not start with http://"))?;
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                let port = port.parse();
                (host, port.map_err(|_| anyhow!("--embed-endpoint: `{url}` has no port"))?)
            }
            _ => (place, 80),
        };
        if host.is_empty() || url.contains(char::is_whitespace) {
            bail!("--embed-endpoint: `{url}` names no host");
        }
        let path = format!("/{}/embeddings", path.trim_matches('/')).replace("//", "/");
        let host = host.trim_matches(['[', ']']).to_owned();
        Ok(Self { host, port, path, model: model.to_owned() })
    }

    /// Fills the column of vectors from the column of questions, each distinct text asked once.
    /// Vectors of the log stay. Says how many texts were sent.
    ///
    /// # Errors
    /// When the endpoint is not in this machine's own network, cannot be reached, or answers
    /// anything but one vector for each text.
    pub(super) fn fill(
        &self,
        calls: &mut Calls,
        text: usize,
        vector: usize,
        progress: &dyn Fn(usize, usize),
    ) -> Result<usize> {
        let mut wanted: Vec<Symbol> = (0..calls.len())
            .filter(|row| calls.symbol(vector, *row).is_empty())
            .map(|row| calls.symbol(text, row))
            .filter(|symbol| !symbol.is_empty())
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = vec![Symbol::EMPTY; calls.dimensions[text].len()];
        for (batch, symbols) in wanted.chunks(BATCH).enumerate() {
            progress(batch * BATCH, wanted.len());
            let texts: Vec<&str> =
                symbols.iter().map(|symbol| calls.dimensions[text].resolve(*symbol)).collect();
            let vectors = self.vectors(&texts)?;
            for (symbol, told) in symbols.iter().zip(vectors) {
                found[symbol.index()] = calls.dimensions[vector].intern(&told.to_text());
            }
        }
        progress(wanted.len(), wanted.len());
        calls.fill_from(vector, text, &found);
        Ok(wanted.len())
    }

    fn vectors(&self, texts: &[&str]) -> Result<Vec<Vector>> {
        let body = json!({"model": self.model, "input": texts, "encoding_format": "float"});
        let answer = self.post(&body.to_string())?;
        let answer: Value = serde_json::from_slice(&answer)
            .with_context(|| format!("{} answered something that is no JSON", self.name()))?;
        let rows = answer.get("data").and_then(Value::as_array);
        let rows = rows.filter(|rows| rows.len() == texts.len());
        let rows = rows.ok_or_else(|| {
            anyhow!("{} did not answer with one vector for each text", self.name())
        })?;
        let mut vectors = vec![None; texts.len()];
        for (place, row) in rows.iter().enumerate() {
            let place = row.get("index").and_then(Value::as_u64).map_or(Some(place), |index| {
                usize::try_from(index).ok().filter(|index| *index < texts.len())
            });
            let text = row.get("embedding").map(|vector| match vector {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            if let (Some(place), Some(text)) = (place, text) {
                vectors[place] = Vector::parse(&text);
            }
        }
        let vectors: Option<Vec<Vector>> = vectors.into_iter().collect();
        vectors.ok_or_else(|| anyhow!("{} answered with something that is no vector", self.name()))
    }

    fn post(&self, body: &str) -> Result<Vec<u8>> {
        let mut stream = self.connect()?;
        let Self { host, port, path, .. } = self;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n\
             Accept: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let told = || format!("{} broke the connection off", self.name());
        stream.write_all(head.as_bytes()).with_context(told)?;
        stream.write_all(body.as_bytes()).with_context(told)?;
        let mut reader = BufReader::new(stream.take(ANSWER_MAX));
        let mut line = String::new();
        reader.read_line(&mut line).with_context(told)?;
        let status = line.split_whitespace().nth(1).unwrap_or_default().to_owned();
        let (mut length, mut is_chunked) = (None, false);
        loop {
            line.clear();
            let read = reader.read_line(&mut line).with_context(told)?;
            let header = line.trim().to_ascii_lowercase();
            if read == 0 || header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':') {
                match name {
                    "content-length" => length = value.trim().parse::<u64>().ok(),
                    "transfer-encoding" => is_chunked = value.contains("chunked"),
                    _ => {}
                }
            }
        }
        let mut answer = Vec::new();
        match (is_chunked, length) {
            (true, _) => read_chunks(&mut reader, &mut answer).with_context(told)?,
            (false, Some(length)) => {
                reader.take(length).read_to_end(&mut answer).with_context(told)?;
                if answer.len() as u64 != length {
                    bail!(told());
                }
            }
            (false, None) => drop(reader.read_to_end(&mut answer).with_context(told)?),
        }
        if status != "200" {
            // Its words may be those of the questions.
            bail!("{} answered with status {status}; its own log says why", self.name());
        }
        Ok(answer)
    }

    fn connect(&self) -> Result<TcpStream> {
        let unreachable = || format!("cannot reach {}", self.name());
        let found = (self.host.as_str(), self.port).to_socket_addrs().with_context(unreachable)?;
        let found: Vec<_> = found.collect();
        if found.iter().any(|address| !is_near(address.ip())) {
            bail!(
                "{} is not in this machine's own network: questions are sent over plain HTTP to \
                 loopback and private addresses only",
                self.name()
            );
        }
        let stream = TcpStream::connect(found.as_slice()).with_context(unreachable)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    fn name(&self) -> String {
        format!("http://{}:{}{}", self.host, self.port, self.path)
    }
}

/// Loopback, and addresses that no router sends abroad.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

fn read_chunks(reader: &mut impl BufRead, answer: &mut Vec<u8>) -> std::io::Result<()> {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.trim().split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16).map_err(std::io::Error::other)?;
        if size == 0 {
            return Ok(());
        }
        let before = answer.len() as u64;
        reader.by_ref().take(size).read_to_end(answer)?;
        if answer.len() as u64 - before != size {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        reader.read_line(&mut String::new())?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Result<(&str, u16, &str), &str>) {
        let found = EmbedEndpoint::parse(url, "m");
        match (found, expected) {
            (Ok(found), Ok((host, port, path))) => {
                assert_eq!((&*found.host, found.port, &*found.path), (host, port, path), "{url}");
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{url}: {error}"),
            (found, expected) => panic!("{url}: {found:?} for {expected:?}"),
        }
    }

    #[test]
    fn addresses_are_plain_http() {
        check("http://127.0.0.1:11434/v1", Ok(("127.0.0.1", 11_434, "/v1/embeddings")));
        check("http://localhost/v1/", Ok(("localhost", 80, "/v1/embeddings")));
        check("http://[::1]:8080", Ok(("::1", 8_080, "/embeddings")));
        check("https://api.example.com/v1", Err("https is not spoken"));
        check("127.0.0.1:80", Err("does not start with http://"));
        check("http://:80/v1", Err("names no host"));
        check("http://host:port/v1", Err("has no port"));
    }

    #[test]
    fn only_near_addresses_are_spoken_to() {
        let near = |text: &str| is_near(text.parse().expect("an address"));
        for text in ["127.0.0.1", "10.1.2.3", "192.168.0.7", "172.20.1.1", "::1", "fd00::1"] {
            assert!(near(text), "{text}");
        }
        for text in ["8.8.8.8", "172.40.0.1", "2001:db8::1"] {
            assert!(!near(text), "{text}");
        }
    }
}
