//! Hashes passphrases and compares them with a hash: Argon2id, at the first choice of OWASP's password storage cheat sheet.
//! A passphrase must never be stored, logged or part of an error.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::ground::env;
use crate::ground::error::{Code, Error, Result};
use crate::ground::limits;

/// What one try costs whoever guesses: 19 MiB of memory, two passes, one lane; some hundredths of a second.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The most that a stored hash may ask for, so that a damaged one does not take all memory.
const MEMORY_KIB_MAX: u32 = 1 << 20;
const PASSES_MAX: u32 = 100;
const LANES_MAX: u32 = 64;

/// Characters that a new passphrase has at least.
const CHARS_MIN: usize = 8;

/// Refuses a new passphrase that is too short or too long.
pub fn check(passphrase: &str) -> Result<()> {
    limits::PASSPHRASE_BYTES.check(passphrase.len()).map_err(|e| e.at("/passphrase"))?;
    if passphrase.chars().count() < CHARS_MIN {
        return Err(Error::new(
            Code::InvalidRequest,
            format!("a passphrase has at least {CHARS_MIN} characters"),
        )
        .at("/passphrase")
        .hint("take several words"));
    }
    Ok(())
}

/// The hash of a passphrase, as a PHC string.
pub fn hash(passphrase: &str) -> Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| failed())?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash =
        argon.hash_password_with_salt(passphrase.as_bytes(), &env::random_bytes()?).map_err(|_| failed())?;
    Ok(hash.to_string())
}

/// Refuses a passphrase of which this is not the hash.
pub fn verify(passphrase: &str, phc: &str) -> Result<()> {
    // What is longer was never hashed, and would only cost time.
    limits::PASSPHRASE_BYTES.check(passphrase.len()).map_err(|_| wrong())?;
    let hash = PasswordHash::new(phc).map_err(|_| damaged())?;
    let params = Params::try_from(&hash).map_err(|_| damaged())?;
    let is_whole = hash.salt.is_some() && hash.hash.is_some();
    let is_bounded =
        params.m_cost() <= MEMORY_KIB_MAX && params.t_cost() <= PASSES_MAX && params.p_cost() <= LANES_MAX;
    if !(is_whole && is_bounded) {
        return Err(damaged());
    }
    match Argon2::default().verify_password(passphrase.as_bytes(), &hash) {
        Ok(()) => Ok(()),
        Err(HashError::PasswordInvalid) => Err(wrong()),
        Err(_) => Err(damaged()),
    }
}

fn wrong() -> Error {
    Error::new(Code::Unauthorized, "the passphrase is wrong")
        .hint("give the one that the store is protected with")
}

fn failed() -> Error {
    Error::new(Code::Internal, "the passphrase cannot be hashed")
}

fn damaged() -> Error {
    Error::new(Code::CorruptStore, "the stored hash of the passphrase is damaged")
        .hint("restore a backup of the store")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_passphrase_only_and_never_comes_twice() {
        let first = hash("correct horse").unwrap();
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, hash("correct horse").unwrap());
        verify("correct horse", &first).unwrap();
        for other in ["correct hors", "correct horse ", "Correct horse", "", &"x".repeat(2_000)] {
            let error = verify(other, &first).unwrap_err();
            assert_eq!((error.code(), error.message()), (Code::Unauthorized, "the passphrase is wrong"));
        }
    }

    #[test]
    fn a_damaged_hash_is_told_and_takes_no_memory() {
        let greedy = hash("correct horse").unwrap().replace("m=19456", "m=4194304");
        for phc in ["", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ", &greedy] {
            assert_eq!(verify("correct horse", phc).unwrap_err().code(), Code::CorruptStore, "{phc}");
        }
    }

    #[test]
    fn a_new_passphrase_is_long_enough_and_not_too_long() {
        check("eight ch").unwrap();
        check(&"x".repeat(1_024)).unwrap();
        for bad in ["", "seven c", &"x".repeat(1_025)] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.pointer(), Some("/passphrase"));
            assert!(bad.is_empty() || !error.message().contains(bad));
        }
    }
}
