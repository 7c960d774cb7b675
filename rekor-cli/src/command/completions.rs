//! `rekor completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::failure::Result;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  rekor completions bash > ~/.local/share/bash-completion/completions/rekor
  rekor completions zsh > \"${fpath[1]}/_rekor\"
  rekor completions fish > ~/.config/fish/completions/rekor.fish";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "rekor", &mut script);
    session.out.write(&String::from_utf8_lossy(&script))
}
