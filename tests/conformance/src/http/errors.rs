//! `errors.jsonl`.

use std::time::{Duration, UNIX_EPOCH};

use carafe::error::http_error::{HttpError, RetryAfter};
use carafe::headers::status::status_line;
use carafe::{App, Error, Response, Scaffold, request};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::conditional::sorted;
use super::{Answer, Failure, auth, input};

pub(super) fn http_exception(input: &Value) -> Answer {
    let error = error(input)?;
    let (name, description) = (error.name(), error.description().into_owned());
    let again = input.clone();
    let mut app = App::new("conformance");
    app.route("/", move || match self::error(&again) {
        Ok(error) => Err::<Response, Error>(error.into()),
        Err(_) => Err(HttpError::new(500).into()),
    })
    .endpoint("error")
    .methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
    let method = Method::from_bytes(input::optional(input, "method").unwrap_or("GET").as_bytes())?;
    let mut answer = sent(app, &method, error.body().len())?;
    answer["name"] = json!(name);
    answer["description"] = json!(description);
    Ok(answer)
}

/// Sends a request to an app and returns what was answered, with the length that a server adds.
fn sent(app: App, method: &Method, length: usize) -> Answer {
    let response = app.test_client().request(method.clone(), "/").send();
    let mut headers = response.headers().clone();
    headers
        .entry(CONTENT_LENGTH)
        .or_insert(HeaderValue::from(length));
    Ok(json!({
        "status": status_line(i64::from(response.status())),
        "headers": sorted(&headers),
        "body": response.text(),
    }))
}

fn error(input: &Value) -> Result<HttpError, Failure> {
    let code = input["code"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok())
        .unwrap_or_default();
    let mut error = HttpError::try_new(code).ok_or_else(Failure::default)?;
    for (name, value) in input
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
    {
        error = match (name.as_str(), code) {
            ("code" | "method" | "units", _) => error,
            ("description", _) => error.with_description(input::text(input, name).to_owned()),
            ("valid_methods", 405) => error.with_valid_methods(input::strings(value)),
            ("length", 416) => {
                let length = value.as_u64().ok_or_else(Failure::default)?;
                error
                    .with_content_length(length, input::optional(input, "units").unwrap_or("bytes"))
            }
            ("retry_after", 429 | 503) => error.with_retry_after(retry_after(value)?),
            ("www_authenticate", 401) => challenges(error, value),
            // Werkzeug's other errors take no such argument.
            _ => return Err(Failure::default()),
        };
    }
    Ok(error)
}

fn retry_after(value: &Value) -> Result<RetryAfter, Failure> {
    if let Some(seconds) = value.as_i64() {
        return Ok(RetryAfter::Seconds(seconds));
    }
    let unix = input::moment(value).and_then(|unix| u64::try_from(unix).ok());
    Ok(RetryAfter::At(
        UNIX_EPOCH + Duration::from_secs(unix.ok_or_else(Failure::default)?),
    ))
}

fn challenges(error: HttpError, challenges: &Value) -> HttpError {
    challenges
        .as_array()
        .into_iter()
        .flatten()
        .fold(error, |error, challenge| {
            let parameters = json!({"parameters": challenge[1]});
            error.with_www_authenticate(auth::challenge(
                challenge[0].as_str().unwrap_or_default(),
                &input::pairs(&parameters, "parameters"),
                challenge[2].as_str(),
            ))
        })
}

pub(super) fn bad_key(input: &Value) -> Answer {
    let key = input::text(input, "key").to_owned();
    let from = input::text(input, "where").to_owned();
    let mut app = App::new("conformance");
    app.config
        .set("DEBUG", input["debug"] == Value::Bool(true))?;
    if let Some(trap) = input["trap"].as_bool() {
        app.config.set("TRAP_BAD_REQUEST_ERRORS", trap)?;
    }
    let view = move || {
        let (from, key) = (from.clone(), key.clone());
        async move {
            let request = request();
            Ok::<_, Error>(match from.as_str() {
                "args" => request.args().require(&key)?.clone(),
                "cookies" => request.cookies().require(&key)?.clone(),
                "form" => request.form().await?.require(&key)?.clone(),
                _ => request.files().await?.require(&key)?.filename().to_owned(),
            })
        }
    };
    app.route("/", view).endpoint("key");
    let mut answer = sent(app, &Method::GET, 0)?;
    answer
        .as_object_mut()
        .ok_or_else(Failure::default)?
        .remove("headers");
    Ok(answer)
}
