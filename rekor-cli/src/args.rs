//! The command line as clap knows it: the flags of every command and the list of commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rekor_core::ground::limits;

use crate::command;
use crate::output::Format;

const EXAMPLES: &str = "\
Examples:
  rekor workspaces create ops --name \"Operations\"
  rekor collections upsert notes --schema '{\"properties\":{\"title\":{\"type\":\"string\"}}}'
  rekor records upsert notes --data '{\"title\":\"hello\"}'
  rekor query notes --filter '{\"field\":\"data.title\",\"op\":\"eq\",\"value\":\"hello\"}' -o json

Which store: --store, else REKOR_STORE, else the nearest .rekor directory here or above, else the user's own.
Which workspace: --workspace, else REKOR_WORKSPACE, else the only one there is.
Who may do what: --role or REKOR_ROLE, and a token: --token-file, else REKOR_TOKEN. The lesser of both holds.

Topics: rekor help filter | errors | exit-codes | limits";

/// A system of record for AI agents.
#[derive(Debug, Parser)]
#[command(name = "rekor", version, after_help = EXAMPLES, disable_help_subcommand = true)]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The flags that every command takes, before or after its name.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The directory of the store [env: REKOR_STORE]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,
    /// The workspace to work in
    #[arg(
        long,
        short = 'w',
        global = true,
        value_name = "ID",
        env = "REKOR_WORKSPACE",
        hide_env_values = true
    )]
    pub(crate) workspace: Option<String>,
    /// The form of the answer
    #[arg(long, short = 'o', global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
    /// How long to wait for a busy store: milliseconds, or as in 5s
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_millis, default_value = "5s")]
    pub(crate) busy_timeout: u64,
    /// Who writes; the user's name unless given
    #[arg(long, global = true, value_name = "NAME", env = "REKOR_ACTOR", hide_env_values = true)]
    pub(crate) actor: Option<String>,
    /// What the command may do
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "ROLE",
        env = "REKOR_ROLE",
        default_value_t,
        hide_env_values = true
    )]
    pub(crate) role: RoleName,
    /// A file that holds the token to work with [env: REKOR_TOKEN, the token itself]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Where to read the passphrase of a protected store: the number of a file descriptor
    #[arg(long, global = true, value_name = "N")]
    pub(crate) passphrase_fd: Option<u32>,
    /// The run that the writes belong to
    #[arg(long, global = true, value_name = "ID", env = "REKOR_RUN", hide_env_values = true)]
    pub(crate) run: Option<String>,
    /// Why the write is made
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Does not ask before something is destroyed
    #[arg(long, short = 'y', global = true)]
    pub(crate) yes: bool,
    /// Checks a write and shows what it would change, and writes nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// A name for what is to be done: repeated within a day, it is done once and answered as then
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    /// Keeps other processes out of the store meanwhile: faster commits
    #[arg(long, global = true)]
    pub(crate) exclusive: bool,
}

/// A role by its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// A person who runs the store: may do all
    #[default]
    Operator,
    /// A program that works for one: writes records, and changes collections in previews only
    Agent,
    /// Somebody who only reads
    Reader,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Works with workspaces, the unit of isolation and backup
    #[command(subcommand, visible_alias = "workspace")]
    Workspaces(command::workspaces::Command),
    /// Works with collections, each a JSON Schema that defines a type of record
    #[command(subcommand, visible_alias = "collection")]
    Collections(command::collections::Command),
    /// Works with records, JSON documents that match their collection's schema
    #[command(subcommand, visible_alias = "record")]
    Records(command::records::Command),
    /// Works with relationships, typed and directed links between two records
    #[command(subcommand, visible_alias = "relationship")]
    Relationships(command::relationships::Command),
    /// Finds records, or computes totals over them
    Query(command::records::query::Args),
    /// Follows relationships from one record
    QueryRelationships(command::query_relationships::Args),
    /// Runs up to 100 operations in one transaction: all or nothing
    Batch(command::batch::Args),
    /// Takes back what one commit did, or all commits of a run
    Undo(command::undo::Args),
    /// Lists what was changed, by whom and why, one JSON object a line
    Changes(command::changes::Args),
    /// Reads the whole workspace and looks for damage
    Check(command::check::Args),
    /// Gives the space that a workspace no longer uses back to the disk
    Compact(command::compact::Args),
    /// Counts what the workspace holds, in rows and bytes
    Stats(command::stats::Args),
    /// Writes a backup of the workspace to a file, while others go on writing
    Backup(command::backup::Args),
    /// Makes a workspace of a backup
    Restore(command::restore::Args),
    /// Works with tokens, which give a program a part of an operator's reach
    #[command(subcommand, visible_alias = "token")]
    Tokens(command::tokens::Command),
    /// Protects the store with a passphrase: without it, every command is an agent's
    Protect(command::protect::Args),
    /// Prints the completions of a shell
    Completions(command::completions::Args),
    /// Prints the manual page, or writes the pages of all commands
    Man(command::man::Args),
    /// Prints the help of a command or of a topic
    Help(command::help::Args),
}

/// Reads a number such as a version; clap would say of `-1` that it needs `--` before it.
pub(crate) fn parse_count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "not a whole number, 0 or more".to_owned())
}

/// Reads how many rows to show.
pub(crate) fn parse_rows(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("not a whole number, 1 to {}", limits::PAGE_ROWS.max))
}

/// Reads `250`, `250ms`, `5s` or `2m`.
fn parse_millis(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text {
        _ if text.ends_with("ms") => (text.trim_end_matches("ms"), 1),
        _ if text.ends_with('s') => (text.trim_end_matches('s'), 1_000),
        _ if text.ends_with('m') => (text.trim_end_matches('m'), 60_000),
        _ => (text, 1),
    };
    let number = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    number.ok_or_else(|| format!("not a time: write {} for milliseconds, or 5s", limits::BUSY_TIMEOUT_MS))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_number_below_zero_is_told_what_it_may_be() {
        let said = |line: &str| Cli::try_parse_from(line.split(' ')).unwrap_err().to_string();
        for line in ["rekor query c --limit -1", "rekor relationships list --limit -1"] {
            assert!(said(line).contains("1 to 1000") && !said(line).contains("tip"), "{}", said(line));
        }
        for line in ["rekor query c --offset -1", "rekor records delete c r --if-version -1"] {
            assert!(said(line).contains("0 or more") && !said(line).contains("tip"), "{}", said(line));
        }
    }

    #[test]
    fn a_record_without_an_id_is_told_of_both_ways_to_name_it() {
        let error = Cli::try_parse_from(["rekor", "records", "get", "c"]).unwrap_err();
        assert!(error.to_string().contains("<ID|--external-id <ID>>"), "{error}");
    }

    #[test]
    fn a_time_is_milliseconds_unless_it_says_otherwise() {
        assert_eq!(parse_millis("250"), Ok(250));
        assert_eq!(parse_millis("250ms"), Ok(250));
        assert_eq!(parse_millis("5s"), Ok(5_000));
        assert_eq!(parse_millis("2m"), Ok(120_000));
        assert!(parse_millis("soon").is_err());
        assert!(parse_millis("99999999999999999999s").is_err());
    }
}
