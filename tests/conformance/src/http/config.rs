//! `config.jsonl`.

use carafe::config::Config;
use carafe_sessions::{Dict, Value as Typed};
use serde_json::{Value, json};

use super::{Answer, Failure, input, typed};

pub(super) fn config_env(input: &Value) -> Answer {
    let mut config = initial(input)?;
    let vars = input::pairs(input, "env").into_iter();
    let vars = vars.map(|(name, value)| (name, value.as_str().unwrap_or_default()));
    config.from_prefixed_vars(input::optional(input, "prefix").unwrap_or("FLASK"), vars)?;
    Ok(all(&config))
}

pub(super) fn config_mapping(input: &Value) -> Answer {
    let mut config = initial(input)?;
    let mapping = typed::dict(&input["mapping"]["dict"])?;
    let kwargs = typed::dict(&input["kwargs"]["dict"])?;
    config.from_mapping(mapping.into_iter().chain(kwargs))?;
    Ok(all(&config))
}

pub(super) fn config_namespace(input: &Value) -> Answer {
    let config = filled(&input["config"])?;
    let flag = |name: &str| input[name].as_bool().unwrap_or(true);
    let namespace = input::text(input, "namespace");
    let found = config.get_namespace(namespace, flag("lowercase"), flag("trim_namespace"));
    Ok(json!({"result": typed::write(&found.into())}))
}

pub(super) fn config_lifetime(input: &Value) -> Answer {
    let value = input["value"].get("timedelta").unwrap_or(&input["value"]);
    let mut config = Config::new(".");
    config.set("PERMANENT_SESSION_LIFETIME", value)?;
    Ok(json!({"seconds": config.permanent_session_lifetime.as_seconds_f64()}))
}

pub(super) fn config_defaults(input: &Value) -> Answer {
    let config = Config::new(".");
    match input::text(input, "key") {
        // Python has a length of time here, which the records give in seconds.
        "PERMANENT_SESSION_LIFETIME" => {
            Ok(json!({"seconds": config.permanent_session_lifetime.as_seconds_f64()}))
        }
        key => {
            let value = config.get(key).ok_or_else(Failure::default)?;
            Ok(json!({"value": typed::write(&value)}))
        }
    }
}

fn initial(input: &Value) -> Result<Config, Failure> {
    filled(&input["initial"])
}

fn filled(values: &Value) -> Result<Config, Failure> {
    let mut config = Config::empty(".");
    for (key, value) in typed::dict(&values["dict"])? {
        config.set(key.to_string_lossy(), value)?;
    }
    Ok(config)
}

fn all(config: &Config) -> Value {
    let values: Dict = config.iter().collect();
    json!({"config": typed::write(&Typed::Dict(values))})
}
