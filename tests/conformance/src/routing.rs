//! Runs records of kind `routing`: groups of cases against one map.
//!
//! The format is described in `vectors/routing/FORMAT.md`.

use std::borrow::Cow;

use carafe_routing::{
    Bind, BindErrorKind, BuildErrorKind, BuildOptions, Converter, Map, MapOptions, MatchError,
    MatchOptions, QueryArgs, Rule, RuleErrorKind, UrlAdapter, Value as Typed, Values,
};
use serde_json::{Value, json};

use crate::outcome::Outcome;

/// Runs one group and returns an outcome for each of its cases, or one for a
/// group that must be refused.
pub fn run(record: &Value) -> Vec<Outcome> {
    let name = record["name"].as_str().unwrap_or("(no name)");
    match group(record, name) {
        Ok(outcomes) => outcomes,
        Err(why) => vec![outcome(name.to_owned(), Err(why))],
    }
}

fn outcome(label: String, result: Result<(), String>) -> Outcome {
    // Werkzeug's quirks are part of what is promised, so none is set apart.
    Outcome {
        label,
        quirk: false,
        result,
    }
}

fn group(record: &Value, name: &str) -> Result<Vec<Outcome>, String> {
    let (map, refused) = map(record)?;
    if let Some(expected) = record.get("add_error") {
        let result = add_error(expected, refused);
        return Ok(vec![outcome(format!("{name}: add"), result)]);
    }
    if let Some((index, _, why)) = refused {
        return Err(format!("rule {index} was refused: {why}"));
    }
    let bind = &record["bind"];
    let query = Query::read(&bind["query_args"])?;
    let bound = map.bind(Bind {
        server_name: text(bind, "server_name")?.unwrap_or_default(),
        script_name: text(bind, "script_name")?,
        subdomain: text(bind, "subdomain")?,
        url_scheme: text(bind, "url_scheme")?.unwrap_or("http"),
        path_info: None,
        default_method: text(bind, "default_method")?.unwrap_or("GET"),
        query_args: query.as_args(),
    });
    if let Some(expected) = record.get("bind_error") {
        let got = match bound.map_err(|error| error.kind()) {
            Err(BindErrorKind::BadHost) => json!("BadHost"),
            Err(BindErrorKind::SubdomainWithHostMatching) => json!("RuntimeError"),
            Err(other) => json!(format!("{other:?}")),
            Ok(_) => Value::Null,
        };
        let result = same(&expected["type"], &got);
        return Ok(vec![outcome(format!("{name}: bind"), result)]);
    }
    let urls = bound.map_err(|error| format!("the binding was refused: {error}"))?;
    let cases = record["cases"].as_array().ok_or("no cases")?;
    let outcomes = cases.iter().enumerate().map(|(at, case)| {
        let op = case["op"].as_str().unwrap_or_default();
        let result = run_case(&urls, case).and_then(|got| compare(&case["expect"], &got));
        outcome(format!("{name}: case {at} ({op})"), result)
    });
    Ok(outcomes.collect())
}

type Refusal = (usize, RuleErrorKind, String);

/// Makes the map; tells which rule was refused, if one was.
fn map(record: &Value) -> Result<(Map, Option<Refusal>), String> {
    let settings = &record["map"];
    let flag = |name: &str, default: bool| settings[name].as_bool().unwrap_or(default);
    let mut options = MapOptions::default();
    options.host_matching = flag("host_matching", false);
    options.strict_slashes = flag("strict_slashes", true);
    options.merge_slashes = flag("merge_slashes", true);
    options.redirect_defaults = flag("redirect_defaults", true);
    options.sort_parameters = flag("sort_parameters", false);
    options.default_subdomain = text(settings, "default_subdomain")?
        .unwrap_or_default()
        .to_owned();
    let mut map = Map::new(options);
    if let Some(converters) = settings["converters"].as_object() {
        for (name, declared) in converters {
            let converter = Declared::read(declared)?;
            map.add_converter(name, move |_| Ok(converter.clone()));
        }
    }
    let rules = record["rules"].as_array().ok_or("no rules")?;
    for (index, described) in rules.iter().enumerate() {
        if let Err(error) = map.add(rule(described)?) {
            return Ok((map, Some((index, error.kind(), error.to_string()))));
        }
    }
    Ok((map, None))
}

fn add_error(expected: &Value, refused: Option<Refusal>) -> Result<(), String> {
    let Some((index, kind, why)) = refused else {
        return Err(format!("all rules were accepted, expected {expected}"));
    };
    if expected["index"] != json!(index) {
        return Err(format!("rule {index} was refused: {why}"));
    }
    let wanted = match expected["type"].as_str() {
        Some("DuplicateRule") => kind == RuleErrorKind::Duplicate,
        Some("LookupError") => kind == RuleErrorKind::UnknownConverter,
        Some("TypeError") => kind == RuleErrorKind::ConverterArguments,
        Some("SyntaxError") => kind == RuleErrorKind::DuplicateVariable,
        Some("ValueError") => kind != RuleErrorKind::Duplicate,
        _ => false,
    };
    match wanted {
        true => Ok(()),
        false => Err(format!("expected {expected}, got {kind:?}: {why}")),
    }
}

/// A converter declared in a record: it hands its text over unchanged.
#[derive(Debug, Clone)]
struct Declared {
    regex: String,
    weight: i32,
    part_isolating: bool,
}

impl Declared {
    fn read(declared: &Value) -> Result<Self, String> {
        let regex = text(declared, "regex")?.ok_or("a converter without regex")?;
        let weight = declared["weight"].as_i64().unwrap_or(100);
        Ok(Self {
            regex: regex.to_owned(),
            weight: i32::try_from(weight).map_err(|error| error.to_string())?,
            part_isolating: declared["part_isolating"]
                .as_bool()
                .unwrap_or(!regex.contains('/')),
        })
    }
}

impl Converter for Declared {
    fn regex(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.regex)
    }

    fn weight(&self) -> i32 {
        self.weight
    }

    fn part_isolating(&self) -> bool {
        self.part_isolating
    }
}

fn rule(described: &Value) -> Result<Rule, String> {
    let mut rule = Rule::new(text(described, "rule")?.ok_or("a rule without text")?);
    if let Some(endpoint) = text(described, "endpoint")? {
        rule = rule.endpoint(endpoint);
    }
    if let Some(methods) = described["methods"].as_array() {
        rule = rule.methods(methods.iter().filter_map(Value::as_str));
    }
    if let Some(defaults) = described["defaults"].as_object() {
        for (name, value) in defaults {
            rule = rule.defaults([(name.as_str(), typed(value)?.into_owned())]);
        }
    }
    if let Some(subdomain) = text(described, "subdomain")? {
        rule = rule.subdomain(subdomain);
    }
    if let Some(host) = text(described, "host")? {
        rule = rule.host(host);
    }
    if let Some(strict) = described["strict_slashes"].as_bool() {
        rule = rule.strict_slashes(strict);
    }
    if let Some(merge) = described["merge_slashes"].as_bool() {
        rule = rule.merge_slashes(merge);
    }
    if let Some(target) = text(described, "redirect_to")? {
        rule = rule.redirect_to(target);
    }
    let flag = |name: &str| described[name].as_bool().unwrap_or(false);
    Ok(rule
        .alias(flag("alias"))
        .build_only(flag("build_only"))
        .websocket(flag("websocket")))
}

fn run_case(urls: &UrlAdapter<'_>, case: &Value) -> Result<Value, String> {
    let path = text(case, "path")?;
    let method = text(case, "method")?;
    match case["op"].as_str() {
        Some("match") => {
            let query = Query::read(&case["query_args"])?;
            let options = MatchOptions {
                path_info: path,
                method,
                websocket: case["websocket"].as_bool(),
                query_args: case.get("query_args").map(|_| query.as_args()),
            };
            Ok(matched(urls, path.unwrap_or_default(), options))
        }
        Some("build") => build(urls, case),
        Some("allowed_methods") => Ok(json!(urls.allowed_methods(path.ok_or("no path")?))),
        Some("test") => Ok(json!(urls.test(path.ok_or("no path")?, method))),
        op => Err(format!("no case of this kind is known: {op:?}")),
    }
}

fn matched(urls: &UrlAdapter<'_>, path: &str, options: MatchOptions<'_>) -> Value {
    match urls.match_with(options) {
        Ok(found) => {
            let rule = found.rule(urls.map());
            let args = found.named_args(urls.map(), path);
            let args: serde_json::Map<_, _> = args
                .map(|(name, value)| (name.to_owned(), untyped(&value)))
                .collect();
            json!({"endpoint": rule.endpoint_name(), "rule": rule.rule(), "args": args})
        }
        Err(MatchError::RequestRedirect { url, code }) => json!({"redirect": url, "code": code}),
        Err(MatchError::MethodNotAllowed { allowed }) => {
            json!({"error": "MethodNotAllowed", "allowed": allowed})
        }
        Err(MatchError::NotFound) => json!({"error": "NotFound"}),
        Err(MatchError::WebsocketMismatch) => json!({"error": "WebsocketMismatch"}),
        Err(other) => json!({"error": other.to_string()}),
    }
}

fn build(urls: &UrlAdapter<'_>, case: &Value) -> Result<Value, String> {
    let values = values(&case["values"], typed)?;
    let options = BuildOptions {
        method: text(case, "method")?,
        force_external: case["force_external"].as_bool().unwrap_or(false),
        append_unknown: case["append_unknown"].as_bool().unwrap_or(true),
        url_scheme: text(case, "url_scheme")?,
    };
    let endpoint = text(case, "endpoint")?.ok_or("no endpoint")?;
    Ok(match urls.build(endpoint, &values, options) {
        Ok(url) => json!({"url": url}),
        Err(error) => match error.kind() {
            BuildErrorKind::NoRule => json!({"error": "BuildError"}),
            BuildErrorKind::Value => json!({"error": "ValueError"}),
            other => json!({"error": format!("{other:?}")}),
        },
    })
}

/// The query of a binding or match, read from its two forms.
enum Query<'a> {
    None,
    Text(&'a str),
    Values(Values<'a>),
}

impl<'a> Query<'a> {
    fn read(described: &'a Value) -> Result<Self, String> {
        let plain = |value: &'a Value| match value {
            Value::String(text) => Ok(Typed::from(text)),
            other => Err(format!("no query value: {other}")),
        };
        Ok(match described {
            Value::Null => Query::None,
            Value::String(text) => Query::Text(text),
            pairs => Query::Values(values(pairs, plain)?),
        })
    }

    fn as_args(&self) -> QueryArgs<'_> {
        match self {
            Query::None => QueryArgs::None,
            Query::Text(text) => QueryArgs::Text(text),
            Query::Values(values) => QueryArgs::Values(values),
        }
    }
}

/// Reads named values: an object, or a list of names and values.
fn values<'a>(
    described: &'a Value,
    single: impl Fn(&'a Value) -> Result<Typed<'a>, String>,
) -> Result<Values<'a>, String> {
    let one_or_many = |value: &'a Value| match value {
        Value::Array(items) => {
            let items: Result<Vec<Typed<'a>>, String> = items.iter().map(&single).collect();
            items.map(Typed::from)
        }
        value => single(value),
    };
    let mut values = Values::new();
    match described {
        Value::Null => {}
        Value::Object(pairs) => {
            for (name, value) in pairs {
                values.insert(name, one_or_many(value)?);
            }
        }
        Value::Array(pairs) => {
            for pair in pairs {
                let name = pair[0].as_str().ok_or("a value without a name")?;
                values.insert(name, one_or_many(&pair[1])?);
            }
        }
        other => return Err(format!("no values: {other}")),
    }
    Ok(values)
}

/// Reads a typed value.
fn typed(described: &Value) -> Result<Typed<'_>, String> {
    if described.is_null() {
        return Ok(Typed::None);
    }
    let refused = || format!("no typed value: {described}");
    let object = described.as_object().ok_or_else(refused)?;
    let (kind, value) = object.iter().next().ok_or_else(refused)?;
    let text = || value.as_str().ok_or_else(refused);
    Ok(match kind.as_str() {
        "str" => Typed::from(text()?),
        "int" => Typed::from(value.as_i64().ok_or_else(refused)?),
        "float" => Typed::from(value.as_f64().ok_or_else(refused)?),
        "uuid" => Typed::Uuid(text()?.parse().map_err(|_| refused())?),
        "int_str" => Typed::BigInt(text()?.parse().map_err(|_| refused())?),
        _ => return Err(refused()),
    })
}

/// Writes a value as records do; an integer's two forms are told apart when it
/// is compared.
fn untyped(value: &Typed<'_>) -> Value {
    match value {
        Typed::Str(text) => json!({"str": text}),
        Typed::Int(number) => json!({"int": number}),
        Typed::BigInt(number) => json!({"int_str": number.to_string()}),
        Typed::Float(number) => json!({"float": number}),
        Typed::Uuid(uuid) => json!({"uuid": uuid.to_string()}),
        other => json!(format!("{other:?}")),
    }
}

fn compare(expected: &Value, got: &Value) -> Result<(), String> {
    same(&plain_integers(expected), &plain_integers(got))
}

/// Gives `{"int": 7}` and `{"int_str": "7"}` one form.
fn plain_integers(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(args) = value.get_mut("args").and_then(Value::as_object_mut) {
        for arg in args.values_mut() {
            if let Some(number) = arg.get("int").and_then(Value::as_i64) {
                *arg = json!({"int_str": number.to_string()});
            }
        }
    }
    value
}

fn same(expected: &Value, got: &Value) -> Result<(), String> {
    match expected == got {
        true => Ok(()),
        false => Err(format!("expected {expected}\n     got {got}")),
    }
}

/// Returns the text of a key: none when it is absent or null.
fn text<'a>(object: &'a Value, key: &str) -> Result<Option<&'a str>, String> {
    match &object[key] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(format!("{key} is no text: {other}")),
    }
}
