//! What the caller typed for the value that an error points at: people gave `--source`, and not
//! `/source_collection`. Read off the command line's own definition, so that it names every flag there is.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory};

use crate::args::Cli;

/// A pointer in the words of the command line: `--source (/source_collection)`, or as it is where no flag
/// holds the value.
pub(crate) fn in_words(args: &[OsString], pointer: &str) -> String {
    let Some(flag) = flag_of(args, pointer) else { return pointer.to_owned() };
    let bare = flag.trim_matches(['-', '<', '>']).replace('-', "_").to_lowercase();
    if pointer.strip_prefix('/') == Some(&bare) { flag } else { format!("{flag} ({pointer})") }
}

fn flag_of(args: &[OsString], pointer: &str) -> Option<String> {
    let name = pointer.strip_prefix('/')?.split('/').next()?;
    let mut root = Cli::command();
    let matches = root.try_get_matches_from_mut(args).ok()?;
    root.build();
    let (mut command, mut matches): (&Command, &ArgMatches) = (&root, &matches);
    while let Some((name, inner)) = matches.subcommand() {
        command = command.find_subcommand(name)?;
        matches = inner;
    }
    let names = other_names(name);
    let known: Vec<&Arg> = std::iter::once(name)
        .chain(names.iter().copied())
        .filter_map(|name| command.get_arguments().find(|arg| arg.get_id() == name))
        .collect();
    let given = |arg: &&&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let arg = known.iter().find(given).or(known.first())?;
    Some(match arg.get_long() {
        Some(long) => format!("--{long}"),
        None => format!("<{}>", arg.get_value_names()?.first()?.to_uppercase()),
    })
}

/// The arguments that hold the value besides the one with its name.
fn other_names(name: &str) -> &'static [&'static str] {
    match name {
        "source_collection" | "source_id" => &["source"],
        "target_collection" | "target_id" => &["target"],
        "collection" => &["touching", "id"],
        "id" => &["touching"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_told_as_what_was_typed() {
        let cases = [
            (
                "relationships upsert --source a/b --target c/d --type t",
                "/source_id",
                "--source (/source_id)",
            ),
            ("relationships upsert --source a/b --target c/d --type t", "/rel_type", "--type (/rel_type)"),
            ("relationships upsert --source a/b --target c/d --type t", "/source", "--source"),
            ("relationships delete --touching a/b", "/collection", "--touching (/collection)"),
            ("relationships delete x", "/id", "<ID>"),
            ("collections get c", "/collection", "<COLLECTION>"),
            ("records get c r", "/collection", "<COLLECTION>"),
            ("query c --limit 0", "/limit", "--limit"),
            ("query c --filter {}", "/filter/and/0", "--filter (/filter/and/0)"),
            ("records import c --file x --link a=b:c", "/links/0", "--link (/links/0)"),
            ("-w nope query c", "/workspace", "--workspace"),
            ("query c", "/elsewhere", "/elsewhere"),
        ];
        for (line, pointer, words) in cases {
            let args: Vec<OsString> = ["rekor"].into_iter().chain(line.split(' ')).map(Into::into).collect();
            assert_eq!(in_words(&args, pointer), words, "{line}");
        }
    }
}
