//! The behavior that Flask's `test_json` holds.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use carafe::json::{DefaultJsonProvider, GetJson, JsonError, JsonProvider, dump, dumps, load};
use carafe::prelude::*;
use carafe::sessions::{Custom, DateTime, Dict, Markup, Uuid, Value};
use carafe::{TestResponse, json};
use serde::{Deserialize, Serialize};
use serde_json::json;

fn new_app() -> App {
    App::new("flask_test")
}

/// What a view that answers with a value as JSON sends.
fn answer<T: Serialize + Clone + Send + Sync + 'static>(value: T) -> TestResponse {
    let mut app = new_app();
    app.get("/", move || jsonify(value.clone()))
        .endpoint("index");
    app.test_client().get("/").send()
}

mod input {
    use super::*;

    /// The answer of a view that reads JSON, to a body that claims to be some.
    fn told(app: App, body: &'static str, content_type: &str) -> TestResponse {
        let mut app = app;
        let view = async || request().get_json(GetJson::default()).await.map(Json);
        app.post("/json", view).endpoint("json");
        let client = app.test_client();
        let request = client.post("/json").header("Content-Type", content_type);
        request.body(body).send()
    }

    #[test]
    fn why_a_body_is_no_json_is_told_while_debugging_alone() {
        for debug in [true, false] {
            let mut app = new_app();
            app.config.debug(debug).trap_bad_request_errors(false);
            let refused = told(app, "", "application/json");
            assert_eq!(refused.status(), 400);
            let explained = refused.text().contains("Failed to decode JSON object");
            assert_eq!(explained, debug);
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_a_400() {
        let refused = told(new_app(), "malformed", "application/json");
        assert_eq!(refused.status(), 400);
    }

    #[test]
    fn a_media_type_that_ends_in_json_is_json() {
        let answer = told(new_app(), "\"foo\"", "application/x+json");
        assert_eq!(answer.json::<String>(), "foo");
    }

    #[test]
    fn the_body_is_of_the_type_that_the_view_takes() {
        #[derive(Deserialize)]
        struct Sum {
            a: i64,
            b: i64,
        }
        let mut app = new_app();
        app.post("/add", |Json(sum): Json<Sum>| (sum.a + sum.b).to_string())
            .endpoint("add");
        let body = json!({"a": 1, "b": 2});
        let response = app.test_client().post("/add").json(&body).send();
        assert_eq!(response.text(), "3");
    }
}

mod text {
    use super::*;

    #[test]
    fn text_is_ascii_if_the_provider_says_so() {
        for (ensure_ascii, expected) in [(true, r#""\u2603""#), (false, "\"\u{2603}\"")] {
            let mut app = new_app();
            app.json = Arc::new(DefaultJsonProvider {
                ensure_ascii,
                ..DefaultJsonProvider::default()
            });
            let _context = app.build().unwrap().app_context().push().unwrap();
            assert_eq!(dumps("\u{2603}").unwrap(), expected);
            assert_eq!(json::loads::<String>(expected).unwrap(), "\u{2603}");
        }
    }

    #[test]
    fn json_goes_into_a_file_and_comes_out_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.json");
        let data = BTreeMap::from([("name".to_owned(), "Flask".to_owned())]);
        dump(&data, std::fs::File::create(&path).unwrap()).unwrap();
        let file = std::fs::File::open(&path).unwrap();
        assert_eq!(load::<BTreeMap<String, String>>(file).unwrap(), data);
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            r#"{"name": "Flask"}"#
        );
        let of_another_type = std::fs::File::open(&path).unwrap();
        assert!(load::<BTreeMap<String, i64>>(of_another_type).is_err());
    }

    #[cfg(feature = "templates")]
    #[test]
    fn a_template_writes_what_the_app_writes() {
        let context = new_app().build().unwrap().test_request_context("/");
        let _context = context.build().unwrap().push().unwrap();
        let time = DateTime::from_parts((2021, 2, 1), (7, 15, 0), 0).unwrap();
        #[derive(Serialize)]
        struct Data {
            name: &'static str,
            time: DateTime,
        }
        let data = Data {
            name: "</script>",
            time,
        };
        let source = "const data = {{ data|tojson }};";
        assert_eq!(
            render_template_string(source, context! { data })
                .unwrap()
                .into_text(),
            "const data = {\"name\": \"\\u003c/script\\u003e\", \
             \"time\": \"Mon, 01 Feb 2021 07:15:00 GMT\"};"
        );
    }

    #[cfg(feature = "templates")]
    #[test]
    fn a_template_sorts_keys_even_if_the_provider_does_not() {
        let mut app = new_app();
        app.json = Arc::new(DefaultJsonProvider {
            sort_keys: false,
            ..DefaultJsonProvider::default()
        });
        let context = app.build().unwrap().test_request_context("/");
        let _context = context.build().unwrap().push().unwrap();
        let value = json!({"b": 1, "a": 2});
        assert_eq!(dumps(&value).unwrap(), r#"{"b": 1, "a": 2}"#);
        let page = render_template_string("{{ value|tojson }}", context! { value }).unwrap();
        assert_eq!(page.into_text(), r#"{"a": 2, "b": 1}"#);
    }
}

mod output {
    use super::*;

    #[test]
    fn every_basic_type_has_its_form() {
        for value in [
            json!(0),
            json!(-1),
            json!(1),
            json!(23),
            json!(3.25),
            json!("s"),
            json!("longer string"),
            json!(true),
            json!(false),
            json!(null),
        ] {
            let response = answer(value.clone());
            assert_eq!(response.header("Content-Type"), Some("application/json"));
            assert_eq!(response.json::<serde_json::Value>(), value);
        }
    }

    #[test]
    fn a_mapping_has_its_form() {
        let value = json!({
            "a": 0, "b": 23, "c": 3.25, "d": "t", "e": "Hi", "f": true, "g": false,
            "h": ["test list", 10, false],
            "i": {"test": "dict"},
        });
        let response = answer(value.clone());
        assert_eq!(response.header("Content-Type"), Some("application/json"));
        assert_eq!(response.json::<serde_json::Value>(), value);
    }

    #[test]
    fn a_list_and_a_tuple_are_both_lists() {
        let list = json!([0, 42, 3.25, "t", true, ["test list", 2, false], {"test": "dict"}]);
        let response = answer(list.clone());
        assert_eq!(response.header("Content-Type"), Some("application/json"));
        assert_eq!(response.json::<serde_json::Value>(), list);
        let tuple = (0, 42, 3.25, "t", true, ("test list", 2, false));
        assert_eq!(
            answer(tuple).text(),
            "[0,42,3.25,\"t\",true,[\"test list\",2,false]]\n"
        );
    }

    #[test]
    fn a_date_is_an_http_date() {
        let date = DateTime::from_parts((1973, 3, 11), (6, 30, 45), 0).unwrap();
        assert_eq!(answer(date).json::<String>(), date.to_http_date());
        assert_eq!(
            answer(date).json::<String>(),
            "Sun, 11 Mar 1973 06:30:45 GMT"
        );
    }

    #[test]
    fn a_date_of_another_zone_is_told_in_gmt() {
        for (zone, expected) in [("+00:00", "12"), ("-08:00", "20"), ("+09:00", "03")] {
            let date = DateTime::parse(&format!("2017-01-01T12:34:56{zone}")).unwrap();
            let text = dumps(&date).unwrap();
            assert_eq!(text, format!("\"Sun, 01 Jan 2017 {expected}:34:56 GMT\""));
        }
    }

    #[test]
    fn a_uuid_is_text() {
        let uuid = Uuid::from_bytes([0xde, 0xad, 0xbe, 0xef].repeat(4).try_into().unwrap());
        let value: Dict = [("x", Value::Uuid(uuid))].into_iter().collect();
        let told: BTreeMap<String, String> = answer(value).json();
        assert_eq!(told["x"], "deadbeef-dead-beef-dead-beefdeadbeef");
        assert_eq!(told["x"].parse::<Uuid>().unwrap(), uuid);
    }

    #[test]
    fn a_decimal_of_the_programs_own_is_what_serde_says() {
        struct Decimal(&'static str);

        impl Serialize for Decimal {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0)
            }
        }

        assert_eq!(dumps(&Decimal("0.003")).unwrap(), "\"0.003\"");
    }

    #[test]
    fn keys_are_sorted_as_what_they_are() {
        let mut app = new_app();
        app.config.debug(true);
        let value = || (0..20).rev().map(|number| (number, "foo"));
        app.get("/", move || {
            jsonify(BTreeMap::from([(
                "values",
                value().collect::<std::collections::HashMap<_, _>>(),
            )]))
        })
        .endpoint("index");
        let text = app.test_client().get("/").send().text();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let entries = (0..20).map(|number| match number {
            19 => format!("\"{number}\": \"foo\""),
            _ => format!("\"{number}\": \"foo\","),
        });
        let expected = ["{", "\"values\": {"].map(str::to_owned).into_iter();
        let expected: Vec<String> = expected
            .chain(entries)
            .chain(["}", "}"].map(str::to_owned))
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn html_is_text() {
        assert_eq!(
            dumps(&Markup::new("<p>test</p>")).unwrap(),
            "\"<p>test</p>\""
        );
    }
}

mod provider {
    use super::*;

    /// Reads a mapping of one marked key as a value of a kind of its own.
    #[derive(Debug)]
    struct CustomProvider(DefaultJsonProvider);

    impl JsonProvider for CustomProvider {
        fn dumps(&self, value: &Value) -> Result<String, JsonError> {
            self.0.dumps(value)
        }

        fn loads(&self, text: &[u8]) -> Result<Value, JsonError> {
            let mut value = self.0.loads(text)?;
            if let Some(x) = value.as_dict_mut().and_then(|value| value.get_mut("x"))
                && let Some(marked) = x.as_dict().and_then(|x| x.get("_foo"))
            {
                *x = Custom::new("x", marked.clone()).into();
            }
            Ok(value)
        }
    }

    fn default(value: &Value) -> Option<Value> {
        match value {
            Value::Custom(custom) => {
                let inner = custom.value().as_int()?;
                Some(format!("<{inner}>").into())
            }
            _ => None,
        }
    }

    #[test]
    fn a_provider_of_the_apps_own_reads_and_writes() {
        let mut app = new_app();
        app.json = Arc::new(CustomProvider(DefaultJsonProvider {
            default: Some(default),
            ..DefaultJsonProvider::default()
        }));
        let view = async || {
            let body = request().get_json(GetJson::default()).await?;
            dumps(body.as_dict().and_then(|body| body.get("x")).or_404()?)
        };
        app.post("/", view).endpoint("index");
        let body = json!({"x": {"_foo": 42}});
        let response = app.test_client().post("/").json(&body).send();
        assert_eq!(response.text(), "\"<42>\"");
    }

    #[test]
    fn what_json_lacks_is_replaced_at_every_depth_and_in_turn() {
        fn dates(value: &Value) -> Option<Value> {
            match value {
                Value::DateTime(date) => Some(vec![Value::Bytes(vec![date.micros() as u8])].into()),
                Value::Bytes(bytes) => Some(bytes.first().copied().unwrap_or_default().into()),
                _ => None,
            }
        }
        let json: Arc<dyn JsonProvider> = Arc::new(DefaultJsonProvider {
            default: Some(dates),
            ..DefaultJsonProvider::default()
        });
        let date = Value::from(DateTime::from_unix(0, 7).unwrap());
        let uuid = Value::Uuid(Uuid::from_bytes([0; 16]));
        let value = Value::Tuple(vec![date.clone(), vec![date].into(), uuid]);
        assert_eq!(
            json.to_text(&value).unwrap(),
            r#"[[7], [[7]], "00000000-0000-0000-0000-000000000000"]"#
        );
        assert_eq!(
            json.to_response(&value, false).unwrap().text,
            "[[7],[[7]],\"00000000-0000-0000-0000-000000000000\"]\n"
        );
    }

    #[test]
    fn a_replacement_that_asks_for_itself_is_an_error() {
        fn endless(value: &Value) -> Option<Value> {
            Some(vec![value.clone()].into())
        }
        let json: Arc<dyn JsonProvider> = Arc::new(DefaultJsonProvider {
            default: Some(endless),
            ..DefaultJsonProvider::default()
        });
        assert!(json.to_text(&Value::Bytes(Vec::new())).is_err());
    }
}
