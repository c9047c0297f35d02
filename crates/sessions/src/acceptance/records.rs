//! What each method of a store promises.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe_routing::Uuid;

use crate::acceptance::{Verdict, ensure};
use crate::server_side::{Applied, Changes, Revision, SessionId, SessionStore, Terms};
use crate::value::{DateTime, Dict, Markup, Text, Value};

/// A time in whole seconds, since a store need not keep more.
fn at(seconds: u64) -> SystemTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let whole = now.unwrap_or_default().as_secs();
    UNIX_EPOCH + Duration::from_secs(whole + seconds)
}

fn terms() -> Terms {
    Terms {
        now: at(0),
        expires_at: at(600),
        remember_until: at(1200),
    }
}

fn ab() -> Changes {
    Changes::new().set("a", 1).set("b", 2)
}

async fn values<S: SessionStore>(
    store: &S,
    id: &SessionId,
) -> Result<Option<Dict>, super::Failure> {
    let record = store.load(id, at(0)).await?;
    Ok(record.map(|record| (*record.values).clone()))
}

pub(super) async fn an_unknown_id_has_no_record<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    ensure!(store.load(&id, at(0)).await?.is_none(), "it was loaded");
    ensure!(!store.touch(&id, terms()).await?, "it was touched");
    let other = SessionId::generate()?;
    ensure!(!store.rename(&id, &other, terms()).await?, "it was renamed");
    store.delete(&id, terms()).await?;
    Ok(())
}

pub(super) async fn a_created_record_is_loaded_as_it_was<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    let changes = ab().subject(Some("ada"));
    ensure!(store.create(&id, &changes, terms()).await?, "not created");
    let Some(record) = store.load(&id, at(0)).await? else {
        ensure!(false, "not loaded");
        return Ok(());
    };
    let expected = Dict::from_iter([("a", Value::from(1)), ("b", Value::from(2))]);
    ensure!(*record.values == expected, "values: {:?}", record.values);
    ensure!(record.subject.as_deref() == Some("ada"), "another subject");
    ensure!(record.expires_at == terms().expires_at, "another end");
    let age = terms().now.duration_since(record.created_at);
    ensure!(
        age.is_ok_and(|age| age <= Duration::from_secs(5)),
        "another beginning"
    );
    Ok(())
}

pub(super) async fn a_known_id_is_not_created_again<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    let again = Changes::new().set("c", 3);
    ensure!(!store.create(&id, &again, terms()).await?, "created twice");
    let kept = values(&*store, &id).await?.unwrap_or_default();
    ensure!(!kept.contains_key("c"), "overwritten");
    Ok(())
}

pub(super) async fn changes_merge_by_key<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    let first = Changes::new().set("c", 3).remove("a");
    let applied = store.apply(&id, None, &first, terms()).await?;
    ensure!(matches!(applied, Applied::Merged(_)), "{applied:?}");
    // Made by a request that saw neither `c` nor the removal of `a`.
    let second = Changes::new().set("b", 20).remove("never there");
    store.apply(&id, None, &second, terms()).await?;
    let merged = values(&*store, &id).await?.unwrap_or_default();
    let expected = Dict::from_iter([("b", Value::from(20)), ("c", Value::from(3))]);
    ensure!(merged == expected, "{merged:?}");
    Ok(())
}

pub(super) async fn clearing_comes_before_setting<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    let changes = Changes::new().clear().set("c", 3);
    store.apply(&id, None, &changes, terms()).await?;
    let merged = values(&*store, &id).await?.unwrap_or_default();
    ensure!(
        merged == Dict::from_iter([("c", Value::from(3))]),
        "{merged:?}"
    );
    Ok(())
}

pub(super) async fn changes_never_make_a_record<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    let applied = store.apply(&id, None, &ab(), terms()).await?;
    ensure!(matches!(applied, Applied::Gone), "{applied:?}");
    let applied = store.apply(&id, Some(Revision(1)), &ab(), terms()).await?;
    ensure!(matches!(applied, Applied::Gone), "expecting: {applied:?}");
    ensure!(values(&*store, &id).await?.is_none(), "a record was made");
    Ok(())
}

pub(super) async fn an_unexpected_revision_changes_nothing<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    let Some(seen) = store.load(&id, at(0)).await? else {
        ensure!(false, "not loaded");
        return Ok(());
    };
    let set = |value: i64| Changes::new().set("a", value);
    store.apply(&id, None, &set(10), terms()).await?;
    let late = store
        .apply(&id, Some(seen.revision), &set(11), terms())
        .await?;
    let Applied::Conflict(newer) = late else {
        ensure!(false, "{late:?}");
        return Ok(());
    };
    ensure!(newer.revision != seen.revision, "the same revision");
    let stored = newer.values.get("a").cloned();
    ensure!(stored == Some(10.into()), "a conflict with {stored:?}");
    let retried = store
        .apply(&id, Some(newer.revision), &set(12), terms())
        .await?;
    ensure!(
        matches!(retried, Applied::Merged(_)),
        "retried: {retried:?}"
    );
    Ok(())
}

pub(super) async fn a_record_left_empty_is_deleted<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    let changes = Changes::new().remove("a").remove("b");
    let applied = store.apply(&id, None, &changes, terms()).await?;
    ensure!(matches!(applied, Applied::Emptied), "{applied:?}");
    let later = store.apply(&id, None, &ab(), terms()).await?;
    ensure!(matches!(later, Applied::Gone), "afterwards: {later:?}");
    ensure!(!store.create(&id, &ab(), terms()).await?, "created anew");
    Ok(())
}

pub(super) async fn a_deleted_id_stays_deleted<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    store.delete(&id, terms()).await?;
    store.delete(&id, terms()).await?;
    ensure!(values(&*store, &id).await?.is_none(), "loaded");
    let applied = store.apply(&id, None, &ab(), terms()).await?;
    ensure!(matches!(applied, Applied::Gone), "{applied:?}");
    ensure!(!store.touch(&id, terms()).await?, "touched");
    store.sweep(at(1)).await?;
    ensure!(!store.create(&id, &ab(), terms()).await?, "created anew");
    Ok(())
}

pub(super) async fn touching_moves_the_end_alone<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    let before = store.load(&id, at(0)).await?;
    let later = Terms {
        expires_at: at(6000),
        ..terms()
    };
    ensure!(store.touch(&id, later).await?, "not touched");
    let after = store.load(&id, at(5000)).await?;
    let (Some(before), Some(after)) = (before, after) else {
        ensure!(false, "the end did not move");
        return Ok(());
    };
    ensure!(after.revision == before.revision, "another revision");
    ensure!(after.values == before.values, "other values");
    ensure!(after.created_at == before.created_at, "another beginning");
    Ok(())
}

pub(super) async fn an_ended_record_is_gone<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    store.create(&id, &ab(), terms()).await?;
    ensure!(store.load(&id, at(601)).await?.is_none(), "loaded");
    let late = Terms {
        now: at(601),
        expires_at: at(1201),
        remember_until: at(1801),
    };
    let applied = store.apply(&id, None, &ab(), late).await?;
    ensure!(matches!(applied, Applied::Gone), "{applied:?}");
    ensure!(!store.touch(&id, late).await?, "touched");
    let new = SessionId::generate()?;
    ensure!(!store.rename(&id, &new, late).await?, "renamed");
    Ok(())
}

pub(super) async fn renaming_keeps_everything_and_kills_the_old_id<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let (old, new) = (SessionId::generate()?, SessionId::generate()?);
    store
        .create(&old, &ab().subject(Some("ada")), terms())
        .await?;
    let before = store.load(&old, at(0)).await?;
    ensure!(store.rename(&old, &new, terms()).await?, "not renamed");
    let after = store.load(&new, at(0)).await?;
    let (Some(before), Some(after)) = (before, after) else {
        ensure!(false, "the new id has no record");
        return Ok(());
    };
    ensure!(after.values == before.values, "other values");
    ensure!(after.subject == before.subject, "another subject");
    ensure!(after.created_at == before.created_at, "another beginning");
    ensure!(values(&*store, &old).await?.is_none(), "the old id lives");
    let applied = store.apply(&old, None, &ab(), terms()).await?;
    ensure!(matches!(applied, Applied::Gone), "old id: {applied:?}");
    ensure!(!store.create(&old, &ab(), terms()).await?, "old id created");
    let again = store.delete_for_subject("ada", terms()).await?;
    ensure!(again == 1, "the subject lost track: {again}");
    Ok(())
}

pub(super) async fn the_sessions_of_a_subject_end_together<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let mut ids = Vec::new();
    for subject in [Some("ada"), Some("ada"), Some("bob"), None, Some("eve")] {
        let id = SessionId::generate()?;
        store.create(&id, &ab().subject(subject), terms()).await?;
        ids.push(id);
    }
    let [ada, other_ada, bob, nobody, eve] = &ids[..] else {
        return Ok(());
    };
    // Eve turns out to be Ada, and one of Ada's sessions is handed to Bob.
    let to = |subject| Changes::new().subject(Some(subject));
    store.apply(eve, None, &to("ada"), terms()).await?;
    store.apply(other_ada, None, &to("bob"), terms()).await?;
    let deleted = store.delete_for_subject("ada", terms()).await?;
    ensure!(deleted == 2, "{deleted} were deleted");
    for (id, lives) in [
        (ada, false),
        (eve, false),
        (other_ada, true),
        (bob, true),
        (nobody, true),
    ] {
        let found = values(&*store, id).await?.is_some();
        ensure!(found == lives, "a session lives: {found}");
    }
    ensure!(!store.create(ada, &ab(), terms()).await?, "created anew");
    let again = store.delete_for_subject("ada", terms()).await?;
    ensure!(again == 0, "{again} were deleted again");
    Ok(())
}

pub(super) async fn sweeping_forgets_what_has_ended<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let (short, long) = (SessionId::generate()?, SessionId::generate()?);
    store.create(&short, &ab(), terms()).await?;
    let longer = Terms {
        expires_at: at(6000),
        ..terms()
    };
    store.create(&long, &ab(), longer).await?;
    store.sweep(at(700)).await?;
    ensure!(
        store.load(&long, at(700)).await?.is_some(),
        "too much swept"
    );
    let record = store.load(&short, at(0)).await?;
    ensure!(record.is_none(), "an ended record came back");
    Ok(())
}

pub(super) async fn every_kind_of_value_survives<S: SessionStore>(
    store: Arc<S>,
    _: &impl Sized,
) -> Verdict {
    let id = SessionId::generate()?;
    let surrogate = Text::from_utf16(&[0x61, 0xd800]);
    let big = "123456789012345678901234567890".parse().map(Value::BigInt);
    let nested = Dict::from_iter([
        (
            "z",
            Value::List(vec![1.into(), "é😀\u{0}".into(), Value::Null]),
        ),
        ("a", Value::Tuple(vec![true.into(), Value::Float(0.1)])),
        (" t", Value::Dict(Dict::new())),
    ]);
    let date = DateTime::from_unix(-1, 5).map(Value::DateTime);
    let kinds = [
        Value::Dict(nested),
        Value::Int(i64::MIN),
        big.unwrap_or_default(),
        Value::Float(1e300),
        Value::Str(surrogate.clone()),
        Value::Bytes(vec![0, 255, 10]),
        Value::Markup(Markup::from("<b>&amp;</b>")),
        Value::Uuid(Uuid::from_u128(7)),
        date.unwrap_or_default(),
    ];
    let mut changes = Changes::new().set(surrogate, "under an odd key");
    for (index, value) in kinds.iter().enumerate() {
        changes = changes.set(format!("key {index}"), value.clone());
    }
    store
        .create(&id, &Changes::new().set("x", 1), terms())
        .await?;
    store.apply(&id, None, &changes, terms()).await?;
    let loaded = values(&*store, &id).await?.unwrap_or_default();
    let mut expected = Dict::from_iter([("x", Value::from(1))]);
    changes.apply_to(&mut expected);
    ensure!(loaded == expected, "{loaded:?}");
    Ok(())
}
