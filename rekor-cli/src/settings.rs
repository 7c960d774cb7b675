//! Where the store is and who writes: flags, environment, directories. The only place that reads the
//! environment; the choice itself is a pure function.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use rekor_core::api::list::{Actor, Role};
use rekor_core::ground::error::{Code, Error, Result};

use crate::args::{Global, RoleName};

/// What the store is chosen from.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// `--store`.
    pub(crate) flag: Option<PathBuf>,
    /// `REKOR_STORE`.
    pub(crate) env: Option<PathBuf>,
    /// The working directory.
    pub(crate) cwd: Option<PathBuf>,
    /// Where programs keep a user's data.
    pub(crate) data_home: Option<PathBuf>,
}

impl Places {
    /// The directory of the store: `--store`, else `REKOR_STORE`, else the nearest `.rekor`, else the user's own.
    pub(crate) fn choose(&self, is_dir: impl Fn(&Path) -> bool) -> Result<PathBuf> {
        if self.flag.as_ref().is_some_and(|flag| flag.as_os_str().is_empty()) {
            return Err(Error::new(Code::InvalidRequest, "`--store` is empty").at("/store"));
        }
        if let Some(named) = self.flag.as_ref().or(self.env.as_ref()) {
            return if is_url(named) { Err(no_urls(named)) } else { Ok(named.clone()) };
        }
        let above = self.cwd.iter().flat_map(|cwd| cwd.ancestors()).map(|dir| dir.join(".rekor"));
        if let Some(nearest) = above.into_iter().find(|dir| is_dir(dir)) {
            return Ok(nearest);
        }
        self.data_home.as_ref().map(|home| home.join("rekor")).ok_or_else(|| {
            Error::new(Code::InvalidRequest, "no store is named and the user has no home directory")
                .at("/store")
                .hint("pass `--store DIR` or set REKOR_STORE")
        })
    }
}

/// Whether the name is `scheme://…`, of which a directory would be made without this question.
fn is_url(name: &Path) -> bool {
    let scheme = name.to_str().and_then(|name| name.split_once("://")).map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn no_urls(name: &Path) -> Error {
    Error::new(Code::InvalidRequest, format!("the store `{}` is a URL", name.display()))
        .at("/store")
        .hint("this release works on directories only: pass the path of one")
}

/// Finds the directory of the store.
pub(crate) fn store_path(global: &Global) -> Result<PathBuf> {
    let places = Places {
        flag: global.store.clone(),
        env: variable("REKOR_STORE").map(PathBuf::from),
        cwd: std::env::current_dir().ok(),
        data_home: data_home(std::env::consts::OS, variable),
    };
    places.choose(Path::is_dir)
}

/// The actor of every write: `--actor`, else the name of the user who runs the command.
pub(crate) fn actor(global: &Global) -> Actor {
    let login = || ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable);
    let name = given(global.actor.as_ref())
        .or_else(|| login().and_then(|name| name.into_string().ok()))
        .unwrap_or_default();
    Actor {
        role: role_of(global.role),
        name,
        run: given(global.run.as_ref()),
        reason: given(global.reason.as_ref()),
    }
}

/// A role by its name.
pub(crate) const fn role_of(name: RoleName) -> Role {
    match name {
        RoleName::Operator => Role::Operator,
        RoleName::Agent => Role::Agent,
        RoleName::Reader => Role::Reader,
    }
}

/// The role of `REKOR_ROLE` alone, for the command whose `--role` means something else.
pub(crate) fn role_in_environment() -> Result<Role> {
    let Some(name) = variable("REKOR_ROLE") else { return Ok(Role::Operator) };
    let name = name.to_str().and_then(|name| RoleName::from_str(name, false).ok());
    name.map(role_of).ok_or_else(|| {
        Error::new(Code::InvalidRequest, "REKOR_ROLE is no role").hint("one of operator, agent, reader")
    })
}

/// The token of `REKOR_TOKEN`. One that is not even text is no reason to go on without.
pub(crate) fn token() -> Option<String> {
    variable("REKOR_TOKEN").map(|text| text.to_string_lossy().into_owned())
}

/// A setting that counts as left out when it is empty, as an environment variable may be.
pub(crate) fn given(value: Option<&String>) -> Option<String> {
    value.filter(|text| !text.is_empty()).cloned()
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Where programs keep a user's data on this system.
fn data_home(system: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    match system {
        "windows" => absolute("APPDATA"),
        "macos" => absolute("HOME").map(|home| home.join("Library/Application Support")),
        _ => absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places {
            flag: Some("flag".into()),
            env: Some("/env".into()),
            cwd: Some("/a/b/c".into()),
            data_home: Some("/home/u/.local/share".into()),
        }
    }

    fn chosen(places: &Places) -> PathBuf {
        places.choose(|dir| dir == Path::new("/a/.rekor") || dir == Path::new("/.rekor")).unwrap()
    }

    #[test]
    fn the_store_is_flag_then_environment_then_nearest_then_the_users() {
        let mut places = places();
        assert_eq!(chosen(&places), Path::new("flag"));
        places.flag = None;
        assert_eq!(chosen(&places), Path::new("/env"));
        places.env = None;
        assert_eq!(chosen(&places), Path::new("/a/.rekor"));
        places.cwd = Some("/x".into());
        assert_eq!(chosen(&places), Path::new("/.rekor"));
        assert_eq!(places.choose(|_| false).unwrap(), Path::new("/home/u/.local/share/rekor"));
        places.data_home = None;
        assert_eq!(places.choose(|_| false).unwrap_err().pointer(), Some("/store"));
    }

    #[test]
    fn an_empty_flag_is_an_error_and_not_the_working_directory() {
        let places = Places { flag: Some(PathBuf::new()), ..places() };
        assert_eq!(places.choose(|_| true).unwrap_err().code(), Code::InvalidRequest);
    }

    #[test]
    fn a_url_is_an_error_and_not_a_directory() {
        for url in ["https://rekor.example/x", "s3://bucket", "file:///tmp/x"] {
            let by_flag = Places { flag: Some(url.into()), ..places() };
            let by_env = Places { flag: None, env: Some(url.into()), ..places() };
            for places in [by_flag, by_env] {
                let error = places.choose(|_| true).unwrap_err();
                assert_eq!((error.code(), error.pointer()), (Code::InvalidRequest, Some("/store")), "{url}");
            }
        }
        for path in ["a:/b", "./x://y", "C:\\x"] {
            assert!(Places { flag: Some(path.into()), ..places() }.choose(|_| true).is_ok(), "{path}");
        }
    }

    #[test]
    fn each_system_has_its_own_data_directory() {
        let env = |name: &str| match name {
            "HOME" => Some(OsString::from("/home/u")),
            "APPDATA" => Some(OsString::from("/roaming")),
            _ => None,
        };
        assert_eq!(data_home("linux", env).unwrap(), Path::new("/home/u/.local/share"));
        assert_eq!(data_home("macos", env).unwrap(), Path::new("/home/u/Library/Application Support"));
        assert_eq!(data_home("windows", env).unwrap(), Path::new("/roaming"));
        assert_eq!(data_home("linux", |_| Some("/xdg".into())).unwrap(), Path::new("/xdg"));
        assert_eq!(data_home("linux", |_| Some("relative".into())), None);
    }
}
