//! The WebDriver protocol, as much of it as is needed: one chromedriver, one browser session per journey.
//!
//! The protocol is JSON over HTTP on the loopback interface, so a socket and `serde_json` are enough.

use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Everything that can go wrong here ends as a sentence.
pub type Result<T> = std::result::Result<T, String>;

/// A running chromedriver; it ends with this value.
#[derive(Debug)]
pub struct Driver {
    process: Child,
    port: u16,
    log: Option<File>,
}

impl Driver {
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|e| e.to_string())?.port();
        drop(listener);
        let mut command = Command::new("chromedriver");
        command
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command
            .spawn()
            .map_err(|e| format!("chromedriver did not start: {e}"))?;
        let dir = crate::suite::target("journeys");
        let log =
            std::fs::create_dir_all(&dir).and_then(|()| File::create(dir.join("webdriver.log")));
        let driver = Self {
            process,
            port,
            log: log.ok(),
        };
        let begun = Instant::now();
        while driver.call("GET", "/status", None).is_err() {
            if begun.elapsed() > Duration::from_secs(20) {
                return Err("chromedriver does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(driver)
    }

    /// Opens a browser with a fresh profile.
    pub fn session(&self) -> Result<Session<'_>> {
        let mut options = json!({ "args": ARGS });
        if let Some(path) = std::env::var("JOURNEYS_CHROMIUM")
            .ok()
            .filter(|p| !p.is_empty())
        {
            options["binary"] = path.into();
        }
        let logs = json!({ "browser": "ALL", "performance": "ALL" });
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": logs,
            "timeouts": { "pageLoad": 40_000, "script": 40_000 } });
        let made = self.call(
            "POST",
            "/session",
            Some(json!({ "capabilities": { "alwaysMatch": wanted } })),
        )?;
        let id = made["sessionId"]
            .as_str()
            .ok_or("chromedriver gave no session")?;
        Ok(Session {
            driver: self,
            path: format!("/session/{id}"),
        })
    }

    fn call(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value> {
        let begun = Instant::now();
        let sent = body.as_ref().map(Value::to_string).unwrap_or_default();
        let answer = http(self.port, method, path, &sent);
        self.note(&format!(
            "{:>6} ms {method} {path} {sent:.300}",
            begun.elapsed().as_millis()
        ));
        let answer = answer.map_err(|e| format!("chromedriver does not answer: {e}"))?;
        let mut json: Value =
            serde_json::from_slice(&answer).map_err(|e| format!("chromedriver: {e}"))?;
        let value = json["value"].take();
        match value["error"].as_str() {
            Some(kind) => Err(format!(
                "{kind}: {}",
                value["message"].as_str().unwrap_or_default()
            )),
            None => Ok(value),
        }
    }

    /// Writes down what was asked of the browser; a journey that fails strangely is understood from this.
    fn note(&self, line: &str) {
        if let Some(mut log) = self.log.as_ref() {
            let _ = writeln!(log, "{line}");
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// No sandbox, because build machines run as root; nothing that asks the network on its own.
const ARGS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--window-size=1440,900",
];

/// One browser window; it closes with this value.
#[derive(Debug)]
pub struct Session<'a> {
    driver: &'a Driver,
    path: String,
}

impl Session<'_> {
    pub fn get(&self, path: &str) -> Result<Value> {
        self.driver
            .call("GET", &format!("{}{path}", self.path), None)
    }

    pub fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.driver
            .call("POST", &format!("{}{path}", self.path), Some(body))
    }

    /// A command of Chromium's own debugging protocol.
    pub fn cdp(&self, command: &str, params: Value) -> Result<Value> {
        self.post(
            "/goog/cdp/execute",
            json!({ "cmd": command, "params": params }),
        )
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let _ = self.driver.call("DELETE", &self.path, None);
    }
}

fn http(port: u16, method: &str, path: &str, body: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(90)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    stream.flush()?;
    read_answer(BufReader::new(stream))
}

/// The body of an HTTP answer that names its length.
fn read_answer(mut reader: impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}
