//! `rekor man`.

use std::io;
use std::path::PathBuf;

use clap::CommandFactory;
use rekor_core::ground::error::{Code, Error};

use crate::args::Cli;
use crate::failure::Result;
use crate::input;
use crate::notice::note;
use crate::session::Session;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  rekor man | man -l -\n  rekor man --dir ~/.local/share/man/man1")]
pub(crate) struct Args {
    /// Writes the pages of all commands into this directory, which is made when missing
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Args) -> Result<()> {
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(|error| fault(&error))?;
        return session.out.write(&String::from_utf8_lossy(&page));
    };
    std::fs::create_dir_all(dir)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), dir))
        .map_err(|error| input::unreadable("dir", &dir.display().to_string(), &error))?;
    note(&format!("wrote the manual pages to {}", dir.display()));
    Ok(())
}

fn fault(error: &io::Error) -> Error {
    Error::new(Code::Internal, format!("the manual page cannot be made: {error}"))
}
