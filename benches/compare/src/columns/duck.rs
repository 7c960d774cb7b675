//! DuckDB's side: its Python wheel in an environment that the bench makes, spoken to line by line. Its times
//! are those of its own clock around a query and the fetching of its rows, without the way here.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::columns::answer::Answer;
use crate::side::Result;

const WHEEL: &str = "duckdb==2.0.0";
const DRIVER: &str = include_str!("../../duck.py");
/// Native types, as somebody who knows the data declares them.
const COLUMNS: &str = "{number: 'VARCHAR', customer: 'VARCHAR', status: 'VARCHAR', currency: 'VARCHAR', \
    amount: 'DOUBLE', quantity: 'BIGINT', placed: 'TIMESTAMP', paid: 'BOOLEAN', note: 'VARCHAR', \
    tracking: 'VARCHAR'}";

pub struct Duck {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub version: String,
}

/// Where Python with DuckDB is; made in `dir` when it is not there yet.
pub fn python_with_duckdb(dir: &Path, python: &Path) -> Result<PathBuf> {
    let (home, ready) = (dir.join("venv"), dir.join("venv").join("ready"));
    let inner = home.join("bin").join("python");
    if !ready.exists() {
        succeed(Command::new(python).args(["-m", "venv"]).arg(&home))?;
        succeed(Command::new(&inner).args(["-m", "pip", "install", "--quiet", WHEEL]))?;
        std::fs::write(&ready, WHEEL)?;
    }
    Ok(inner)
}

fn succeed(command: &mut Command) -> Result<()> {
    let done = command.stdin(Stdio::null()).output()?;
    if !done.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr).trim()).into());
    }
    Ok(())
}

impl Duck {
    pub fn open(python: &Path, database: &Path) -> Result<Self> {
        let driver = database.with_extension("py");
        std::fs::write(&driver, DRIVER)?;
        let mut child = Command::new(python)
            .arg(&driver)
            .arg(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut duck = Self { child, input, output, version: String::new() };
        let hello = duck.hear()?;
        duck.version = format!("{}, {} threads", hello["version"].as_str().unwrap_or("?"), hello["threads"]);
        Ok(duck)
    }

    /// Makes the table from lines of JSON.
    pub fn build(&mut self, lines: &Path) -> Result<()> {
        let source = source(lines)?;
        self.exec(&format!("CREATE OR REPLACE TABLE orders AS SELECT * FROM {source}"))?;
        self.exec("CHECKPOINT")
    }

    /// Replaces the orders that have a line.
    pub fn update(&mut self, lines: &Path) -> Result<()> {
        let source = source(lines)?;
        self.exec(&format!(
            "UPDATE orders SET status = u.status, amount = u.amount, quantity = u.quantity, paid = u.paid, \
             note = u.note FROM {source} AS u WHERE orders.number = u.number"
        ))?;
        self.exec("CHECKPOINT")
    }

    fn exec(&mut self, sql: &str) -> Result<()> {
        self.call(&json!({"do": "exec", "sql": sql})).map(|_| ())
    }

    pub fn ask(&mut self, sql: &str) -> Result<Answer> {
        let said = self.call(&json!({"do": "ask", "sql": sql}))?;
        let rows = said["rows"].as_array().ok_or("DuckDB answers no rows")?;
        Ok(Answer(rows.iter().map(|row| row.as_array().cloned().unwrap_or_default()).collect()))
    }

    /// Seconds a query, over a slice of time.
    pub fn time(&mut self, sql: &str, slice: Duration) -> Result<f64> {
        let said = self.call(&json!({"do": "time", "sql": sql, "slice": slice.as_secs_f64()}))?;
        Ok(said["seconds"].as_f64().ok_or("DuckDB answers no time")?)
    }

    fn call(&mut self, request: &Value) -> Result<Value> {
        let input = self.input.as_mut().ok_or("DuckDB was closed")?;
        writeln!(input, "{request}")?;
        input.flush()?;
        let said = self.hear()?;
        match said["error"].as_str() {
            Some(error) => Err(format!("DuckDB: {error}").into()),
            None => Ok(said),
        }
    }

    fn hear(&mut self) -> Result<Value> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err("DuckDB ended; see its words above".into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

/// The end of its input is what the driver ends by; it is waited for, as the file must be closed.
impl Drop for Duck {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

fn source(lines: &Path) -> Result<String> {
    let path = lines.to_str().ok_or("the path is not UTF-8")?.replace('\'', "''");
    Ok(format!("read_json('{path}', format = 'newline_delimited', columns = {COLUMNS})"))
}
