//! `signer`: itsdangerous for general use.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe_sessions::Value;
use carafe_sessions::signing::{SignError, SignerBuilder, Timed, TimestampSigner};
use serde_json::{Value as Json, json};

use super::{Answer, cookie, notation};

/// What one record asks of a signer.
struct Call<'a> {
    input: &'a Json,
    method: &'a str,
    builder: SignerBuilder,
    now: SystemTime,
    max_age: Option<Duration>,
}

pub(super) fn run(input: &Json, want: &Json) -> Result<(), String> {
    // A key derivation that does not exist cannot even be asked for.
    let answer = match cookie::derivation(&input["key_derivation"]) {
        Ok(_) => answer(input)?,
        Err(_) => json!({"error": "TypeError"}),
    };
    let inexact = want.get("exact").is_some_and(|exact| exact == false);
    match (inexact, answer["text"].as_str()) {
        (true, Some(text)) => cookie::check_inexact(text, want),
        _ => {
            let mut want = want.clone();
            if let Some(members) = want.as_object_mut() {
                members.remove("exact");
            }
            notation::compare(&answer, &want)
        }
    }
}

fn answer(input: &Json) -> Answer {
    let keys = input["secret_keys"].as_array().ok_or("no keys")?;
    let keys: Vec<Vec<u8>> = keys.iter().map(notation::bytes).collect::<Result<_, _>>()?;
    let (newest, older) = keys.split_last().ok_or("no keys")?;
    let mut builder = SignerBuilder::new(newest).older_keys(older);
    if !input["salt"].is_null() {
        builder = builder.salt(notation::bytes(&input["salt"])?);
    }
    if !input["sep"].is_null() {
        builder = builder.separator(notation::bytes(&input["sep"])?);
    }
    if let Some(digest) = cookie::digest(&input["digest"])? {
        builder = builder.digest(digest);
    }
    if let Some(derivation) = cookie::derivation(&input["key_derivation"])? {
        builder = builder.key_derivation(derivation);
    }
    let call = Call {
        input,
        method: notation::text(&input["method"])?,
        builder,
        now: notation::time(&input["now"])?,
        max_age: input["max_age"].as_u64().map(Duration::from_secs),
    };
    let answered = match input["class"].as_str() {
        Some("Signer") => call.signer()?,
        Some("TimestampSigner") => call.timestamp_signer()?,
        Some("Serializer" | "URLSafeSerializer") => call.serializer()?,
        Some("TimedSerializer" | "URLSafeTimedSerializer") => call.timed_serializer()?,
        other => return Err(format!("no such class: {other:?}")),
    };
    Ok(answered.unwrap_or_else(|error| json!({"error": cookie::error_name(&error)})))
}

type Answered = Result<Result<Json, SignError>, String>;

impl Call<'_> {
    fn bytes(&self) -> Result<Vec<u8>, String> {
        notation::bytes(&self.input["value"])
    }

    /// A token as text; what is no text is no token.
    fn token(&self) -> Result<String, String> {
        String::from_utf8(self.bytes()?).map_err(|error| error.to_string())
    }

    fn value_out<T>(&self, timed: Timed<T>, out: impl Fn(T) -> Json) -> Json {
        let mut answer = json!({"value": out(timed.value)});
        if self.input["return_timestamp"] == true {
            let since = timed.signed_at.duration_since(UNIX_EPOCH);
            answer["timestamp"] = json!(since.unwrap_or_default().as_secs());
        }
        answer
    }

    fn signer(&self) -> Answered {
        let signer = match self.builder.signer() {
            Ok(signer) => signer,
            Err(error) => return Ok(Err(error)),
        };
        Ok(match self.method {
            "sign" => {
                let signed = signer.sign_bytes(self.bytes()?);
                Ok(json!({"signed": notation::bytes_out(&signed)}))
            }
            "unsign" => signer
                .unsign_bytes(&self.bytes()?)
                .map(|value| json!({"value": notation::bytes_out(value)})),
            "validate" => Ok(json!({"valid": signer.validate(self.bytes()?)})),
            "derive_key" => Ok(json!({"hex": notation::to_hex(signer.derived_key())})),
            other => return Err(format!("no such method: {other}")),
        })
    }

    fn timestamp_signer(&self) -> Answered {
        let signer: TimestampSigner = match self.builder.timestamp_signer() {
            Ok(signer) => signer,
            Err(error) => return Ok(Err(error)),
        };
        let unsign = |value: &[u8]| {
            signer
                .unsign_bytes_at(value, self.max_age, self.now)
                .map(|timed| self.value_out(timed, notation::bytes_out))
        };
        Ok(match self.method {
            "sign" => {
                let signed = signer.sign_bytes_at(self.bytes()?, self.now);
                Ok(json!({"signed": notation::bytes_out(&signed)}))
            }
            "unsign" => unsign(&self.bytes()?),
            "validate" => Ok(json!({"valid": unsign(&self.bytes()?).is_ok()})),
            "derive_key" => Ok(json!({"hex": notation::to_hex(signer.signer().derived_key())})),
            other => return Err(format!("no such method: {other}")),
        })
    }

    fn is_url_safe(&self) -> bool {
        self.input["class"]
            .as_str()
            .is_some_and(|class| class.starts_with("URLSafe"))
    }

    fn serializer(&self) -> Answered {
        macro_rules! call {
            ($serializer:expr) => {
                match ($serializer, self.method) {
                    (Err(error), _) => Err(error),
                    (Ok(serializer), "dumps") => {
                        let value = notation::value(&self.input["value"])?;
                        serializer.dumps(&value).map(|text| json!({"text": text}))
                    }
                    (Ok(serializer), "loads") => serializer
                        .loads::<Value>(&self.token()?)
                        .map(|value| json!({"value": notation::value_out(&value)})),
                    (Ok(serializer), "loads_unsafe") => {
                        serializer.loads_unsafe(&self.token()?).map(unsafe_out)
                    }
                    (Ok(_), other) => return Err(format!("no such method: {other}")),
                }
            };
        }
        Ok(match self.is_url_safe() {
            true => call!(self.builder.url_safe_serializer()),
            false => call!(self.builder.serializer()),
        })
    }

    fn timed_serializer(&self) -> Answered {
        macro_rules! call {
            ($serializer:expr) => {
                match ($serializer, self.method) {
                    (Err(error), _) => Err(error),
                    (Ok(serializer), "dumps") => {
                        let value = notation::value(&self.input["value"])?;
                        serializer
                            .dumps_at(&value, self.now)
                            .map(|text| json!({"text": text}))
                    }
                    (Ok(serializer), "loads") => serializer
                        .loads_at::<Value>(&self.token()?, self.max_age, self.now)
                        .map(|timed| {
                            self.value_out(timed, |value| notation::value_out(&value))
                        }),
                    (Ok(serializer), "loads_unsafe") => serializer
                        .loads_unsafe_at(&self.token()?, self.max_age, self.now)
                        .map(unsafe_out),
                    (Ok(_), other) => return Err(format!("no such method: {other}")),
                }
            };
        }
        Ok(match self.is_url_safe() {
            true => call!(self.builder.url_safe_timed_serializer()),
            false => call!(self.builder.timed_serializer()),
        })
    }
}

fn unsafe_out((valid, value): (bool, Option<Value>)) -> Json {
    json!({"valid": valid, "value": notation::value_out(&value.unwrap_or_default())})
}
