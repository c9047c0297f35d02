//! `peer-sessions`: what sessions cost, in one run, against bare HMACs, other crates and Flask.

mod carafe; // Carafe's own interface
mod clock; // how a duration is taken
mod others; // bare HMACs, the itsdangerous crate, the cookie crate, Python

use std::env;

/// The sessions that are measured, as what a request finds in them.
const SESSIONS: [(&str, &str); 3] = [
    ("small", r#"{"_permanent":true,"name":"Ada","user_id":7}"#),
    (
        "flash",
        r#"{"_flashes":[{" t":["message","Your changes were saved."]},{" t":["error","The address is missing."]}],"csrf_token":"9f2c5a0d7be14c7e8f61d2b3a4958677","user_id":7}"#,
    ),
    ("3 KB", ""),
];

fn main() {
    println!("microseconds a call, best of many runs; ratios are of this run");
    println!();
    for (name, payload) in SESSIONS {
        let payload = match payload {
            "" => large(),
            payload => payload.to_owned(),
        };
        measure(name, &payload);
    }
}

/// A basket of three kilobytes.
fn large() -> String {
    let items: Vec<String> = (0..40)
        .map(|index| {
            let id = index * 7919 % 10007;
            format!(
                r#"{{"id":{id},"name":"article number {id}","price":{}.5,"qty":{}}}"#,
                id % 97,
                index % 5 + 1
            )
        })
        .collect();
    format!(r#"{{"cart":[{}],"n":1,"user_id":7}}"#, items.join(","))
}

fn measure(name: &str, payload: &str) {
    let carafe = carafe::measure(payload);
    let others = others::measure(payload, &carafe.cookie);
    println!(
        "{name}: {} bytes of JSON, a cookie of {}",
        payload.len(),
        carafe.cookie.len()
    );
    let pair = others.hmac_pair;
    let line = |what: &str, time: f64| {
        println!(
            "  {what:<38} {time:>9.3}   {:>6.2} x the HMAC pair",
            time / pair
        );
    };
    line("two bare HMACs (one to check, one to sign)", pair);
    line("carafe: sign", carafe.sign);
    line("carafe: check", carafe.check);
    line("carafe: open, no cookie", carafe.open_empty);
    line("carafe: open", carafe.open);
    line("carafe: open + change + save", carafe.journey);
    line("itsdangerous crate: sign", others.itsdangerous_sign);
    line("itsdangerous crate: check", others.itsdangerous_check);
    line("cookie crate: signed jar, get + add", others.signed_jar);
    match env::var_os("PYTHON").map(|python| others::flask(&python, payload)) {
        Some(Ok(flask)) => {
            line("Flask: open + change + save", flask);
            println!(
                "  Flask takes {:.1} x as long as Carafe",
                flask / carafe.journey
            );
        }
        Some(Err(error)) => println!("  Flask was not measured: {error}"),
        None => println!("  Flask was not measured: PYTHON names no interpreter that has it"),
    }
    println!();
}
