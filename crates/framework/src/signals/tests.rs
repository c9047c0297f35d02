#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use futures_util::FutureExt;

use super::*;

type Log = Arc<Mutex<Vec<String>>>;

fn logging(log: &Log, name: &'static str) -> impl Fn(&u32) + Send + Sync + 'static {
    let log = log.clone();
    move |number| log.lock().unwrap().push(format!("{name}{number}"))
}

#[test]
fn receivers_run_in_the_order_they_were_connected_in() {
    let (signal, log) = (Signal::new("s"), Log::default());
    signal.connect(logging(&log, "a"));
    let second = signal.connect(logging(&log, "b"));
    signal.connect(logging(&log, "c"));
    signal.send(&1).unwrap();
    assert!(signal.disconnect(second));
    assert!(!signal.disconnect(second));
    signal.send_async(&2).now_or_never().unwrap().unwrap();
    assert_eq!(*log.lock().unwrap(), ["a1", "b1", "c1", "a2", "c2"]);
}

#[test]
fn a_guard_disconnects_when_it_is_dropped() {
    let (signal, log) = (Signal::new("s"), Log::default());
    {
        let _guard = signal.connected_to(logging(&log, "a"));
        assert!(signal.clone().has_receivers());
        signal.send(&1).unwrap();
    }
    assert!(!signal.has_receivers());
    signal.send(&2).unwrap();
    assert_eq!(*log.lock().unwrap(), ["a1"]);
}

#[test]
fn the_first_error_stops_the_sending() {
    let (signal, log) = (Signal::new("s"), Log::default());
    signal.connect(logging(&log, "a"));
    signal.connect(|_: &u32| Err("no"));
    signal.connect(logging(&log, "b"));
    assert_eq!(signal.send(&1).unwrap_err().to_string(), "no");
    assert_eq!(*log.lock().unwrap(), ["a1"]);
}

#[test]
fn asynchronous_receivers_are_awaited_and_may_borrow() {
    let (signal, log) = (Signal::new("s"), Log::default());
    let kept = log.clone();
    signal.connect_async(move |number: &u32| {
        let log = kept.clone();
        Box::pin(async move {
            std::future::ready(()).await;
            log.lock().unwrap().push(format!("async{number}"));
        })
    });
    signal.connect(logging(&log, "sync"));
    signal.send_async(&1).now_or_never().unwrap().unwrap();
    assert_eq!(*log.lock().unwrap(), ["async1", "sync1"]);
    assert!(
        signal
            .send(&2)
            .unwrap_err()
            .to_string()
            .contains("signal s")
    );
}

#[test]
fn a_receiver_may_connect_and_disconnect_while_it_runs() {
    let (signal, log) = (Signal::<u32>::new("s"), Log::default());
    let (same, kept) = (signal.clone(), log.clone());
    let own = Arc::new(Mutex::new(None));
    let mine = own.clone();
    let connection = signal.connect(move |_: &u32| {
        same.disconnect(mine.lock().unwrap().unwrap());
        same.connect(logging(&kept, "later"));
    });
    *own.lock().unwrap() = Some(connection);
    signal.send(&1).unwrap();
    assert!(log.lock().unwrap().is_empty());
    signal.send(&2).unwrap();
    assert_eq!(*log.lock().unwrap(), ["later2"]);
}

#[test]
fn a_panicking_receiver_leaves_the_signal_usable() {
    let (signal, log) = (Signal::new("s"), Log::default());
    let bad = signal.connect(|_: &u32| -> () { panic!("receiver") });
    let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| signal.send(&1)));
    assert!(sent.is_err());
    signal.disconnect(bad);
    signal.connect(logging(&log, "a"));
    signal.send(&2).unwrap();
    assert_eq!(*log.lock().unwrap(), ["a2"]);
}
