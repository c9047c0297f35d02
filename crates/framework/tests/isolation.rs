//! Requests of one connection share the memory that they lie in, one after another, and nothing else.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex, Weak};

use carafe::prelude::*;
use carafe::{GetData, ProxyFix, RequestBody};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tower_service::Service;

mod server;

/// Leaves a trace wherever a request can leave one.
async fn leave(name: String) -> Result<(String, u16)> {
    g().set("trace", "g".to_owned());
    session().insert("trace", "session")?;
    flash("trace", "message")?;
    after_this_request(|mut response: Response| {
        response.set_header("x-trace", "after_this_request")?;
        Ok::<_, Error>(response)
    })?;
    let request = request();
    let seen = [
        request.args().get("trace").cloned(),
        request.form().await?.get("trace").cloned(),
        request.cookie("trace").map(|value| value.into_owned()),
        request.header("x-trace").map(|value| value.into_owned()),
        Some(name),
        Some(request.host().into_owned()),
        request
            .remote_addr()
            .map(|address| address.ip().to_string()),
    ];
    request.set_max_content_length(1);
    Ok((format!("{seen:?}"), 418))
}

/// Tells whatever there is to be seen.
async fn look() -> Result<String> {
    let request = request();
    let seen = (
        g().get::<String>("trace").is_some(),
        session().get::<String>("trace"),
        get_flashed_messages(&[])?,
        request.args().get("trace").cloned(),
        request.form().await?.get("trace").cloned(),
        request.get_data(GetData::default()).await?.len(),
        request.max_content_length(),
        request.cookie("trace").map(|value| value.into_owned()),
        request.header("x-trace").map(|value| value.into_owned()),
        request.path().to_owned(),
        request.host().into_owned(),
        request
            .remote_addr()
            .map(|address| address.ip().to_string()),
    );
    Ok(format!("{seen:?}\n"))
}

fn app() -> App {
    let mut app = App::new("isolation");
    app.config
        .secret_key("tests")
        .proxy_fix(ProxyFix::new().x_for(1).x_host(1));
    app.post("/leave/<name>", leave).endpoint("leave");
    app.post("/keep-body", || async {
        let body = request().get_data(GetData::default()).await?;
        Ok::<_, Error>(body.len().to_string())
    })
    .endpoint("keep_body");
    app.route("/look", look).endpoint("look");
    app
}

const LEAVE: &str = "POST /leave/%C3%A9?trace=query HTTP/1.1\r\nHost: left.example\r\nX-Forwarded-For: 192.0.2.1\r\n\
    X-Forwarded-Host: forwarded.example\r\nX-Trace: header\r\nCookie: trace=cookie\r\n\
    Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\ntrace=form";
const LOOK: &str = "GET /look HTTP/1.1\r\nHost: looked.example\r\n\r\n";
const LAST: &str = "GET /look HTTP/1.1\r\nHost: looked.example\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn nothing_of_a_request_is_seen_by_the_next() {
    let address = server::serve(app().build().unwrap()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Those that come together are handled in one go, those that come apart are not.
    stream
        .write_all(format!("{LEAVE}{LOOK}").as_bytes())
        .await
        .unwrap();
    let first = server::read_until(&mut stream, "\"/look\"").await;
    stream
        .write_all(format!("{LEAVE}{LAST}").as_bytes())
        .await
        .unwrap();
    let second = server::read_until(&mut stream, "\"/look\"").await;
    for answers in [first, second] {
        let (left, looked) = answers.split_once("HTTP/1.1 200 OK").unwrap();
        assert!(left.contains("418"), "{left}");
        assert!(left.contains("x-trace: after_this_request"), "{left}");
        for trace in [
            "query",
            "form",
            "cookie",
            "header",
            "é",
            "forwarded.example",
            "192.0.2.1",
        ] {
            assert!(left.contains(trace), "{trace} is not in {left}");
        }
        let nothing = "(false, None, [], None, None, 0, None, None, None, \"/look\", \"looked.example\", Some(\"127.0.0.1\"))";
        assert!(looked.contains(nothing), "{looked}");
        assert!(!looked.contains("x-trace"), "{looked}");
        assert!(!looked.contains("set-cookie"), "{looked}");
    }
}

#[tokio::test]
async fn a_body_is_not_seen_by_the_next_request() {
    let address = server::serve(app().build().unwrap()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "POST /keep-body HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789";
    let requests = format!("{request}{LAST}");
    stream.write_all(requests.as_bytes()).await.unwrap();
    let answers = server::read_until(&mut stream, "\"/look\"").await;
    assert!(answers.contains("\r\n\r\n10HTTP/1.1"), "{answers}");
    assert!(
        answers.contains("(false, None, [], None, None, 0,"),
        "{answers}"
    );
}

#[tokio::test]
async fn a_body_that_was_read_though_there_is_none_leaves_no_mark() {
    let mut app = App::new("isolation");
    app.config.max_content_length(10);
    app.route("/", || async {
        let body = request().get_data(GetData::default()).await?;
        Ok::<_, Error>(format!("{} bytes", body.len()))
    })
    .endpoint("index");
    let mut app = app.build().unwrap();
    let mut status = async |announced: &str| {
        let request = http::Request::get("/").header("content-length", announced);
        let request = request.body(RequestBody::default()).unwrap();
        let Ok(response) = app.call(request).await;
        response.status().as_u16()
    };
    for _ in 0..3 {
        assert_eq!(status("0").await, 200);
        assert_eq!(status("100").await, 413);
    }
}

#[tokio::test]
async fn an_app_does_not_see_what_the_proxies_of_another_one_told() {
    let behind = server::serve(app().build().unwrap()).await;
    let mut open = App::new("open");
    open.config.secret_key("tests");
    open.route("/look", look).endpoint("look");
    let open = server::serve(open.build().unwrap()).await;
    let mut stream = TcpStream::connect(behind).await.unwrap();
    let request = "GET /look HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = server::read_until(&mut stream, "\"/look\"").await;
    assert!(answer.contains("192.0.2.1"), "{answer}");
    let answer = server::get(open, "/look").await;
    assert!(answer.contains("127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn a_request_that_somebody_keeps_stays_what_it_was() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keeper = kept.clone();
    let mut app = app();
    app.route(
        "/keep/<int:number>",
        move |_number: u32, request: Request| {
            g().set("path", request.path().to_owned());
            keeper.lock().unwrap().push(request);
            "kept"
        },
    )
    .endpoint("keep");
    let address = server::serve(app.build().unwrap()).await;
    let requests = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: kept.example\r\n\r\n{LOOK}");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let all = (0..20).map(|number| requests(&format!("/keep/{number}")));
    let all = all.collect::<String>() + LAST;
    stream.write_all(all.as_bytes()).await.unwrap();
    server::read_until(&mut stream, "connection: close").await;
    let kept = kept.lock().unwrap();
    assert_eq!(kept.len(), 20);
    for (number, request) in kept.iter().enumerate() {
        assert_eq!(request.path(), format!("/keep/{number}"));
        assert_eq!(request.host(), "kept.example");
        let path = request.context().g().get::<String>("path");
        assert_eq!(path.as_deref(), Some(request.path()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_app_is_gone_when_its_server_has_ended() {
    let state = Arc::new(());
    let weak: Weak<()> = Arc::downgrade(&state);
    let mut app = app();
    app.state(state);
    let app = app.build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ending) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        app.serve(listener, async move {
            let _ = ending.await;
        })
        .await
    });
    // Some connections end by themselves, on whatever thread they are by then, and one with the server.
    let clients = (0..50).map(|_| {
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            for _ in 0..5 {
                stream.write_all(LOOK.as_bytes()).await.unwrap();
                server::read_until(&mut stream, "\"/look\"").await;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(LOOK.as_bytes()).await.unwrap();
    server::read_until(&mut stream, "\"/look\"").await;
    end.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_value_that_is_dropped_may_make_requests() {
    /// Asks another app for a page when the context ends.
    struct Asks(carafe::TestClient, Arc<Mutex<Vec<String>>>);

    impl Drop for Asks {
        fn drop(&mut self) {
            let text = self.0.get("/look").send().text();
            self.1.lock().unwrap().push(text);
        }
    }

    let heard = Arc::new(Mutex::new(Vec::new()));
    let client = app().test_client();
    let mut asking = App::new("asking");
    let (inner, told) = (client.clone(), heard.clone());
    asking
        .route("/", move || {
            g().set("asks", Arc::new(Asks(inner.clone(), told.clone())));
            "asks"
        })
        .endpoint("index");
    let outer = asking.test_client();
    for _ in 0..3 {
        assert_eq!(outer.get("/").send().text(), "asks");
    }
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 3);
    assert!(
        heard
            .iter()
            .all(|text| text.starts_with("(false, None, []")),
        "{heard:?}"
    );
}
