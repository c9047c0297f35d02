//! The behavior that Werkzeug's `test_security` holds: stored passwords and joined paths.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use carafe::security::{
    check_password_hash, generate_password_hash, generate_password_hash_with, safe_join,
};

/// Hashes of `pässword` with the salt `salt`, as Python's `hashlib` makes them.
const FROM_PYTHON: [&str; 7] = [
    "scrypt:1024:4:1$salt$ffbd19909697253999bdb921199458da8ec763c2be4217b975860d6a0edfbd0b81c1a0ad5ad03f027f62c50ca57c6890efe87f472b52f5f2347ec9269c251c35",
    "scrypt:64:4:2$salt$92d674b9aa49621bbefb0e131c3f13723d4d3eb8761de50f594a1b896d0f43705a4b197088a1e04fd98a27ed36abd1a4c93876eea3cc1853bb11512e17f1d83b",
    "pbkdf2:sha256:1000$salt$cda3c1c36e5c928ec26bc959cf57f13e123676ebf3a4f4642a5f6d2c435c1f5e",
    "pbkdf2:sha1:10$salt$6bce95113d618137f1d576e13b9efab576ae9905",
    "pbkdf2:sha224:10$salt$1238e52785399b5da7947703d8c6bbdc14163baae195f131221d38e4",
    "pbkdf2:sha384:10$salt$b4f35f82bb247e94d3f96fe6d3ae7872b8344de9190b01f00d04e7aff1a9d67733b964b67a1868941b20b5e0a3d669a9",
    "pbkdf2:sha512:10$salt$faba2d1eb017b3c8ee980be2fca9085f6590e2b134cd6086ffb3896e5aa0bf2befb599f26e6bdcee25ee4a93d9139d9c6f0828dd80ea83663546d23fa1b3875c",
];

#[test]
fn scrypt_hashes_passwords_unless_told_otherwise() {
    let one = generate_password_hash("secret").unwrap();
    let other = generate_password_hash_with("secret", "scrypt", 16).unwrap();
    for stored in [&one, &other] {
        assert!(stored.starts_with("scrypt:32768:8:1$"), "{stored}");
        assert!(check_password_hash(stored, "secret"));
    }
    assert!(!check_password_hash(&one, "Secret"));
    assert_ne!(one, other);
}

#[test]
fn pbkdf2_takes_a_million_rounds_of_sha256_unless_told_otherwise() {
    let stored = generate_password_hash_with("secret", "pbkdf2", 16).unwrap();
    assert!(stored.starts_with("pbkdf2:sha256:1000000$"), "{stored}");
    let stored = generate_password_hash_with("secret", "pbkdf2:sha512:9", 16).unwrap();
    assert!(stored.starts_with("pbkdf2:sha512:9$"), "{stored}");
    assert!(check_password_hash(&stored, "secret"));
}

#[test]
fn each_hash_has_a_salt_of_its_own() {
    let hash = || generate_password_hash_with("secret", "pbkdf2:sha256:1", 16).unwrap();
    let (one, other) = (hash(), hash());
    assert_ne!(one, other);
    assert_eq!(one.split('$').nth(1).unwrap().len(), 22);
    assert!(check_password_hash(&one, "secret"));
    assert!(check_password_hash(&other, "secret"));
}

#[test]
fn what_python_has_stored_is_checked() {
    for stored in FROM_PYTHON {
        assert!(check_password_hash(stored, "pässword"), "{stored}");
        assert!(!check_password_hash(stored, "password"), "{stored}");
        let shorter = &stored[..stored.len() - 1];
        assert!(!check_password_hash(shorter, "pässword"), "{stored}");
    }
}

#[test]
fn a_hash_needs_a_salt() {
    assert!(generate_password_hash_with("secret", "scrypt", 0).is_err());
}

#[test]
fn a_method_that_is_none_is_refused() {
    for method in [
        "sha256",
        "",
        "scrypt:1:2",
        "scrypt:3:8:1",
        "scrypt:0:8:1",
        "scrypt:16:0:1",
        "scrypt:16:8:0",
        "scrypt:-16:8:1",
        "scrypt:9223372036854775808:4294967295:4294967295",
        "scrypt:1048576:4096:1",
        "pbkdf2:md99",
        "pbkdf2:sha256:0",
        "pbkdf2:sha256:1:2",
    ] {
        let refused = generate_password_hash_with("secret", method, 16);
        assert!(refused.is_err(), "{method}");
        assert!(!check_password_hash(&format!("{method}$salt$00"), "secret"));
    }
    for stored in ["", "$", "$$", "scrypt", "scrypt$salt"] {
        assert!(!check_password_hash(stored, "secret"), "{stored}");
    }
}

#[test]
fn untrusted_parts_stay_inside_of_the_folder() {
    assert_eq!(safe_join("a", ["b/c"]), Some(PathBuf::from("a/b/c")));
    assert_eq!(safe_join("a", ["../b/c"]), None);
    assert_eq!(safe_join("a", ["//b/c"]), None);
    let backslash = (!cfg!(windows)).then(|| PathBuf::from("a/b\\c"));
    assert_eq!(safe_join("a", ["b\\c"]), backslash);
}

#[test]
fn without_a_folder_the_parts_are_below_the_current_one() {
    assert_eq!(
        safe_join("", ["test.txt"]),
        Some(PathBuf::from("./test.txt"))
    );
    assert_eq!(safe_join("", ["/etc"]), None);
}

#[cfg(not(windows))]
#[test]
fn names_of_devices_are_names_elsewhere() {
    assert_eq!(safe_join("a", ["CON"]), Some(PathBuf::from("a/CON")));
    assert_eq!(
        safe_join("", ["c:test.txt"]),
        Some(PathBuf::from("./c:test.txt"))
    );
}
