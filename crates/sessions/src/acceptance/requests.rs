//! What requests at the same time see of one session.

use std::future::Future;
use std::sync::{Arc, Mutex};

use crate::acceptance::visitor::Visitor;
use crate::acceptance::{Failure, Task, Verdict, ensure};
use crate::error::SessionError;
use crate::server_side::{ServerSideSessionInterface, SessionId, SessionStore};
use crate::session::BoxSession;

const TASKS: usize = 64;

/// Runs requests of one client at the same time, each in a task of its own.
async fn at_once<S, Spawn, Spawned>(
    interface: &Arc<ServerSideSessionInterface<Arc<S>>>,
    cookie: &Option<String>,
    spawn: &Spawn,
    view: impl Fn(usize, &mut BoxSession) -> Result<(), SessionError> + Send + Sync + 'static,
) -> Verdict
where
    S: SessionStore,
    Spawn: Fn(Task) -> Spawned,
    Spawned: Future<Output = ()>,
{
    let failures = Arc::new(Mutex::new(Vec::new()));
    let view = Arc::new(view);
    let mut running = Vec::new();
    for index in 0..TASKS {
        let (interface, view) = (interface.clone(), view.clone());
        let (failures, visitor) = (failures.clone(), Visitor::with_cookie(cookie.clone()));
        running.push(spawn(Box::pin(async move {
            let done = visitor
                .visit(&interface, |session| view(index, session))
                .await;
            if let (Err(error), Ok(mut failures)) = (done, failures.lock()) {
                failures.push(Failure::from(error));
            }
        })));
    }
    for task in running {
        task.await;
    }
    let first = failures.lock().ok().and_then(|mut failures| failures.pop());
    first.map_or(Ok(()), Err)
}

fn interface<S: SessionStore>(store: Arc<S>) -> Arc<ServerSideSessionInterface<Arc<S>>> {
    Arc::new(ServerSideSessionInterface::new(store))
}

pub(super) async fn nothing_is_stored_until_a_key_is_set<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let interface = interface(store);
    let visitor = Visitor::new();
    visitor
        .visit(&interface, |session| {
            session.set_accessed(true);
            let _ = session.get::<i64>("n");
            Ok(())
        })
        .await?;
    ensure!(visitor.cookie_value().is_none(), "a cookie was set");
    visitor
        .visit(&interface, |session| session.insert("n", 1))
        .await?;
    ensure!(visitor.cookie_value().is_some(), "no cookie was set");
    let session = visitor.open(&interface).await?;
    ensure!(session.get::<i64>("n") == Some(1), "the key was lost");
    Ok(())
}

pub(super) async fn an_id_that_a_client_made_up_is_not_adopted<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let interface = interface(store);
    let planted = SessionId::generate()?.as_str().to_owned();
    let visitor = Visitor::with_cookie(Some(planted.clone()));
    visitor
        .visit(&interface, |session| session.insert("user", "ada"))
        .await?;
    let own = visitor.cookie_value();
    ensure!(
        own.is_some() && own != Some(planted.clone()),
        "it was adopted"
    );
    let attacker = Visitor::with_cookie(Some(planted));
    let session = attacker.open(&interface).await?;
    ensure!(session.is_empty(), "the planted id has a session");
    Ok(())
}

pub(super) async fn tasks_on_distinct_keys_lose_no_update<S, Spawn, Spawned>(
    store: Arc<S>,
    spawn: &Spawn,
) -> Verdict
where
    S: SessionStore,
    Spawn: Fn(Task) -> Spawned,
    Spawned: Future<Output = ()>,
{
    let interface = interface(store);
    let visitor = Visitor::new();
    visitor
        .visit(&interface, |session| session.insert("start", true))
        .await?;
    let cookie = visitor.cookie_value();
    at_once(&interface, &cookie, spawn, |index, session| {
        session.insert(format!("task {index}"), index)
    })
    .await?;
    let session = visitor.open(&interface).await?;
    ensure!(session.len() == TASKS + 1, "{} keys", session.len());
    Ok(())
}

pub(super) async fn counters_are_exact<S, Spawn, Spawned>(store: Arc<S>, spawn: &Spawn) -> Verdict
where
    S: SessionStore,
    Spawn: Fn(Task) -> Spawned,
    Spawned: Future<Output = ()>,
{
    let interface = interface(store);
    let visitor = Visitor::new();
    visitor
        .visit(&interface, |session| session.insert("n", 100))
        .await?;
    let cookie = visitor.cookie_value();
    at_once(&interface, &cookie, spawn, |index, session| {
        let step = |n: Option<u64>| n.unwrap_or(0) + 1;
        session.update_key("n", step)?;
        session.update_key("n", step)?;
        session.insert(format!("task {index}"), index)
    })
    .await?;
    let session = visitor.open(&interface).await?;
    let counted = session.get::<u64>("n");
    ensure!(counted == Some(100 + 2 * TASKS as u64), "{counted:?}");
    ensure!(session.len() == TASKS + 1, "{} keys", session.len());
    Ok(())
}

pub(super) async fn a_save_after_a_logout_brings_nothing_back<S, Spawn, Spawned>(
    store: Arc<S>,
    spawn: &Spawn,
) -> Verdict
where
    S: SessionStore,
    Spawn: Fn(Task) -> Spawned,
    Spawned: Future<Output = ()>,
{
    let interface = interface(store.clone());
    let visitor = Visitor::new();
    visitor
        .visit(&interface, |session| session.insert("user", "ada"))
        .await?;
    let cookie = visitor.cookie_value();
    let slow = Visitor::with_cookie(cookie.clone());
    let mut late = slow.open(&interface).await?;
    late.insert("basket", 7)?;
    visitor.visit(&interface, |session| session.clear()).await?;
    ensure!(visitor.cookie_value().is_none(), "the cookie was kept");
    slow.save(&interface, late).await?;
    at_once(&interface, &cookie, spawn, |index, session| {
        match index % 2 {
            0 => session.insert("again", index),
            _ => Ok(()),
        }
    })
    .await?;
    let session = Visitor::with_cookie(cookie).open(&interface).await?;
    ensure!(session.is_empty(), "it came back: {session:?}");
    Ok(())
}

pub(super) async fn regeneration_keeps_the_data_and_kills_the_old_id<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let interface = interface(store);
    let visitor = Visitor::new();
    visitor
        .visit(&interface, |session| session.insert("basket", 7))
        .await?;
    let old = visitor.cookie_value();
    let slow = Visitor::with_cookie(old.clone());
    let mut late = slow.open(&interface).await?;
    late.insert("late", true)?;
    visitor
        .visit(&interface, |session| {
            session.regenerate();
            session.insert("user", "ada")
        })
        .await?;
    slow.save(&interface, late).await?;
    let new = visitor.cookie_value();
    ensure!(new.is_some() && new != old, "the id is the same");
    let session = visitor.open(&interface).await?;
    ensure!(session.get::<i64>("basket") == Some(7), "data was lost");
    let user = session.get::<String>("user");
    ensure!(user.as_deref() == Some("ada"), "the login was lost");
    let session = Visitor::with_cookie(old).open(&interface).await?;
    ensure!(session.is_empty(), "the old id lives");
    Ok(())
}

pub(super) async fn all_sessions_of_a_user_end_while_requests_run<S, Spawn, Spawned>(
    store: Arc<S>,
    spawn: &Spawn,
) -> Verdict
where
    S: SessionStore,
    Spawn: Fn(Task) -> Spawned,
    Spawned: Future<Output = ()>,
{
    let interface = interface(store);
    let login = |session: &mut BoxSession| {
        session.set_subject(Some("ada"));
        session.insert("user", "ada")
    };
    let visitors = [Visitor::new(), Visitor::new(), Visitor::new()];
    for visitor in &visitors {
        visitor.visit(&interface, login).await?;
    }
    let bystander = Visitor::new();
    bystander
        .visit(&interface, |session| session.insert("user", "bob"))
        .await?;
    let slow = Visitor::with_cookie(visitors[0].cookie_value());
    let mut late = slow.open(&interface).await?;
    late.insert("late", true)?;
    let ended = interface.end_sessions_of("ada").await?;
    ensure!(ended == 3, "{ended} sessions ended");
    slow.save(&interface, late).await?;
    for visitor in &visitors {
        let cookie = visitor.cookie_value();
        at_once(&interface, &cookie, spawn, |_, _| Ok(())).await?;
        let session = visitor.open(&interface).await?;
        ensure!(session.is_empty(), "a session of the user lives");
    }
    let session = bystander.open(&interface).await?;
    ensure!(!session.is_empty(), "another's session ended");
    Ok(())
}
